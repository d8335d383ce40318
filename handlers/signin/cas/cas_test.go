package cas_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/signin/cas"
	"mailbox/handlers/signin/cas/castest"
	"mailbox/workflow"
)

const service = "https://xz.example.edu.cn/login/cas?state=a1&b=c d%20"

func server(s *castest.Server, version string) cas.Server {
	return cas.Server{URL: s.Base() + "/", Version: version, HTTP: &http.Client{Timeout: 5 * time.Second}}
}

func TestValidate_knowsWhoItIs(t *testing.T) {
	t.Parallel()
	far := castest.Start(t)
	far.Says("cn", "林<同学>")
	far.Says("roles", "clerk", "head & more")
	a, err := server(far, "3").Validate(t.Context(), service, far.Ticket("20010017", service))
	if err != nil || a.User != "20010017" || a.Attributes["cn"][0] != "林<同学>" || len(a.Attributes["roles"]) != 2 {
		t.Fatalf("%q %v %v", a.User, a.Attributes, err)
	}
	asked, _ := url.Parse(far.Asked()[0])
	if asked.Path != "/cas/p3/serviceValidate" || asked.Query().Get("service") != service {
		t.Errorf("asked %s", asked)
	}
	if a, err := server(far, "2").Validate(t.Context(), service, far.Ticket("20010018", service)); err != nil || a.User != "20010018" || len(a.Attributes) != 0 {
		t.Errorf("version 2: %v %v", a.Attributes, err)
	}
	if !strings.HasPrefix(far.Asked()[1], "/cas/serviceValidate?") {
		t.Errorf("version 2 asked %s", far.Asked()[1])
	}
}

func TestValidate_refuses(t *testing.T) {
	t.Parallel()
	far := castest.Start(t)
	s, ctx := server(far, "3"), t.Context()
	used := far.Ticket("a", service)
	if _, err := s.Validate(ctx, service, used); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		ticket string
		kind   workflow.Kind
	}{
		"used":              {used, workflow.Unauthenticated},
		"unknown":           {"ST-2-unknown", workflow.Unauthenticated},
		"of another kind":   {"PT-1-proxy", workflow.Unauthenticated},
		"of a strange kind": {"ST-1&service=x", workflow.Unauthenticated},
		"endless":           {"ST-" + strings.Repeat("a", 300), workflow.Unauthenticated},
		"another service's": {far.Ticket("a", service+"x"), workflow.Unavailable},
	} {
		if _, err := s.Validate(ctx, service, tt.ticket); workflow.KindOf(err) != tt.kind || strings.Contains(err.Error(), tt.ticket) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for code, kind := range map[string]workflow.Kind{
		"INVALID_REQUEST": workflow.Unavailable, "INVALID_TICKET_SPEC": workflow.Unauthenticated, "UNAUTHORIZED_SERVICE": workflow.Unavailable,
		"INVALID_TICKET": workflow.Unauthenticated, "INVALID_SERVICE": workflow.Unavailable, "INTERNAL_ERROR": workflow.Unavailable,
	} {
		far.Fails(code)
		if _, err := s.Validate(ctx, service, far.Ticket("a", service)); workflow.KindOf(err) != kind {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestValidate_readsVendors(t *testing.T) {
	t.Parallel()
	far := castest.Start(t)
	for name, text := range map[string]string{
		"no prefix":       `<?xml version="1.0" encoding="UTF-8"?><serviceResponse><authenticationSuccess><user> 2001 </user><attributes><cn>林</cn></attributes></authenticationSuccess></serviceResponse>`,
		"beside the user": `<sso:serviceResponse xmlns:sso="http://www.yale.edu/tp/cas"><sso:authenticationSuccess><sso:user>2001</sso:user><sso:cn>林</sso:cn></sso:authenticationSuccess></sso:serviceResponse>`,
		"pairs":           `<c:serviceResponse xmlns:c="x"><c:authenticationSuccess><c:user>2001</c:user><c:attributes><c:attribute name="cn" value="林"/></c:attributes></c:authenticationSuccess></c:serviceResponse>`,
		"pairs with text": `<c:serviceResponse xmlns:c="x"><c:authenticationSuccess><c:user><![CDATA[2001]]></c:user><c:attribute name="cn">林</c:attribute></c:authenticationSuccess></c:serviceResponse>`,
	} {
		far.Answers(text)
		a, err := server(far, "3").Validate(t.Context(), service, "ST-1")
		if err != nil || a.User != "2001" || len(a.Attributes["cn"]) != 1 || a.Attributes["cn"][0] != "林" {
			t.Errorf("%s: %q %v %v", name, a.User, a.Attributes, err)
		}
	}
}

func TestValidate_takesNoStrangeXML(t *testing.T) {
	t.Parallel()
	far := castest.Start(t)
	const open, done = `<s:serviceResponse xmlns:s="x"><s:authenticationSuccess>`, `</s:authenticationSuccess></s:serviceResponse>`
	for name, text := range map[string]string{
		"a document type":  `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + open + `<s:user>&e;</s:user>` + done,
		"an entity":        open + `<s:user>&e;</s:user>` + done,
		"two users":        open + `<s:user>a</s:user><s:user>b</s:user>` + done,
		"no user":          open + done,
		"an empty user":    open + `<s:user> </s:user>` + done,
		"a user elsewhere": open + `<s:x><s:user>a</s:user></s:x>` + done,
		"both":             `<s:serviceResponse xmlns:s="x"><s:authenticationFailure code="INVALID_TICKET"/><s:authenticationSuccess><s:user>a</s:user>` + done,
		"two answers":      open + `<s:user>a</s:user></s:authenticationSuccess><s:authenticationSuccess><s:user>b</s:user>` + done,
		"another root":     `<x><serviceResponse><authenticationSuccess><user>a</user></authenticationSuccess></serviceResponse></x>`,
		"something behind": open + `<s:user>a</s:user>` + done + `<x/>`,
		"cut":              open + `<s:user>a</s:user>`,
		"deep":             open + `<s:user>a</s:user>` + strings.Repeat("<d>", 20) + strings.Repeat("</d>", 20) + done,
		"long":             open + `<s:user>a</s:user>` + strings.Repeat("<d/>", 1000) + done,
		"a page":           `<!doctype html><html><body>Login</body></html>`,
		"endless":          strings.Repeat(" ", 300<<10),
		"nothing":          " ",
	} {
		far.Answers(text)
		if a, err := server(far, "3").Validate(t.Context(), service, "ST-1"); workflow.KindOf(err) != workflow.Unavailable {
			t.Errorf("%s: %q %v", name, a.User, err)
		}
	}
}

func TestValidate_doesNotWaitForEver(t *testing.T) {
	t.Parallel()
	far := castest.Start(t)
	gate := make(chan struct{})
	far.Waits(gate)
	defer close(gate)
	s := server(far, "3")
	s.HTTP = &http.Client{Timeout: 50 * time.Millisecond}
	if _, err := s.Validate(context.WithoutCancel(t.Context()), service, far.Ticket("a", service)); workflow.KindOf(err) != workflow.Unavailable {
		t.Errorf("slow: %v", err)
	}
	down := cas.Server{URL: "http://127.0.0.1:1/cas", Version: "3", HTTP: http.DefaultClient}
	if _, err := down.Validate(t.Context(), service, "ST-1-secret"); workflow.KindOf(err) != workflow.Unavailable || strings.Contains(err.Error(), "secret") {
		t.Errorf("down: %v", err)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	far := castest.Start(t)
	s := server(far, "3")
	if err := s.Probe(t.Context(), service); err != nil {
		t.Errorf("a good server: %v", err)
	}
	for _, text := range []string{"<html></html>", `<serviceResponse><authenticationSuccess><user>anybody</user></authenticationSuccess></serviceResponse>`} {
		far.Answers(text)
		if err := s.Probe(t.Context(), service); workflow.KindOf(err) != workflow.Unavailable {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	if ticket, ok := cas.Logout(castest.LogoutRequest("ST-1-abc")); !ok || ticket != "ST-1-abc" {
		t.Errorf("%q %v", ticket, ok)
	}
	for _, text := range []string{
		"", "x", castest.LogoutRequest(""), castest.LogoutRequest("TGT-1"), `<!DOCTYPE x>` + castest.LogoutRequest("ST-1"),
		strings.ReplaceAll(castest.LogoutRequest("ST-1"), "LogoutRequest", "LogoutResponse"),
		strings.Replace(castest.LogoutRequest("ST-1"), "</samlp:LogoutRequest>", "<SessionIndex>ST-2</SessionIndex></samlp:LogoutRequest>", 1),
	} {
		if ticket, ok := cas.Logout(text); ok {
			t.Errorf("%q ends %q", text, ticket)
		}
	}
}
