package developers

import (
	"strings"

	"mailbox/handlers/web"
)

// examples are what one can run, with the addresses of this mailbox.
func examples(c *web.Context) map[string]string {
	out := map[string]string{}
	for name, text := range templatesOf {
		out[name] = strings.ReplaceAll(strings.TrimSpace(text), "$BASE", c.URL(""))
	}
	return out
}

var templatesOf = map[string]string{
	"categories": `curl "$BASE/api/v1/categories?limit=3"`,
	"send": `
curl -X POST "$BASE/api/v1/letters" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: $(uuidgen)" \
  -d '{"identity": "anonymous", "kind": "suggestion",
       "category": "other", "subject": "自习室座位",
       "body": "希望期末延长自习室开放时间。"}'`,
	"follow": `
curl "$BASE/api/v1/letters/XZ20261123-0042" \
  -H "X-Query-Code: 7K3M-9QXR-2FTV-8WDN"`,
	"cases": `
curl -i "$BASE/api/v1/cases?open=true&limit=5" \
  -H "Authorization: Bearer $MAILBOX_TOKEN"`,
	"act": `
curl -i "$BASE/api/v1/cases/XZ20261123-0042" \
  -H "Authorization: Bearer $MAILBOX_TOKEN"   # ETag: "v3-…"

curl -X POST "$BASE/api/v1/cases/XZ20261123-0042/accept" \
  -H "Authorization: Bearer $MAILBOX_TOKEN" \
  -H 'If-Match: "v3"' \
  -H "Idempotency-Key: $(uuidgen)" \
  -H "Content-Type: application/json" \
  -d '{"department": "logistics"}'`,
	"hook": `
POST /mailbox HTTP/1.1
Content-Type: application/json
Idempotency-Key: 3-17
X-Key: k_5c7wzlxjyr
X-Timestamp: 1795395600
X-Nonce: DJ3XJOBC5OOGHFNE653JXGHBDY
X-Signature: 82ed69f0da37b3e4…

{"id": 17, "event": "case.answered",
 "at": "2026-11-23T09:00:00+08:00",
 "case": "XZ20261123-0042",
 "link": "$BASE/desk/cases/XZ20261123-0042"}`,
	"verify": `
import hashlib, hmac, time

def genuine(secret, method, path, headers, body):
    stamp, nonce = headers["X-Timestamp"], headers["X-Nonce"]
    if abs(time.time() - int(stamp)) > 300:
        return False
    text = "\n".join([stamp, nonce, method, path,
                      hashlib.sha256(body).hexdigest()])
    mine = hmac.new(secret.encode(), text.encode(),
                    hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(mine, one)
               for one in headers["X-Signature"].split(","))`,
	"requests": `curl "$BASE/open311/v2/requests.json?status=closed"`,
	"problem": `
{"type": "about:blank", "title": "Unprocessable Entity",
 "status": 422, "code": "invalid.required",
 "field": "body", "detail": "…", "request": "ESE7TS3IFFTX"}`,
}
