package archtest

// homes gives each dependency its one home: the only directory whose non-test
// code may import it. A dependency without a home is not allowed at all.
var homes = map[string][]string{
	// The web.
	"github.com/gin-gonic/gin":            {"handlers/web"},
	"github.com/gabriel-vasile/mimetype":  {"handlers/web"},
	"github.com/prometheus/client_golang": {"handlers/web"},
	"rsc.io/qr":                           {"handlers/web"},
	"text/template":                       {"templates"},
	"html/template":                       {"templates"},

	// Mail.
	"github.com/wneessen/go-mail":        {"handlers/channel/email"},
	"github.com/emersion":                {"handlers/channel/email"},
	"github.com/microcosm-cc/bluemonday": {"handlers/channel/email"},
	"golang.org/x/text":                  {"handlers/channel/email", "handlers/channel/site", "handlers/document"},

	// Memory.
	"github.com/jmoiron/sqlx":   {"repository/postgres"},
	"github.com/lib/pq":         {"repository/postgres", "repository/private", "cmd/mailbox/bench"},
	"database/sql":              {"repository/postgres", "repository/private", "cmd/mailbox/bench"},
	"github.com/redis/go-redis": {"repository/redisdb"},
	"github.com/go-redis":       {"repository/redisdb"},
	"github.com/alicebob":       {"repository/private"},

	"github.com/alexedwards/argon2id": {"repository/password"},
	"github.com/pquerna/otp":          {"repository/onetime"},

	// Signing in.
	"github.com/coreos/go-oidc": {"handlers/signin/oidc"},
	"golang.org/x/oauth2":       {"handlers/signin/oidc"},
	"github.com/go-ldap/ldap":   {"handlers/signin/ldap"},

	// Tests.
	"github.com/chromedp":          {"handlers/web/webtest"},
	"github.com/jba/templatecheck": {"templates/templatestest"},
	"golang.org/x/net/html":        {"handlers/channel/email", "handlers/web/webtest"},
	"testing":                      {"handlers/channel/channeltest", "handlers/channel/email/receive/cuttest", "handlers/channel/email/receive/dovecottest", "templates/templatestest", "workflow/workflowtest", "workflow/worldtest", "repository/postgres/pgtest", "repository/redisdb/redistest", "handlers/web/webtest", "handlers/signin/cas/castest", "handlers/signin/oidc/oidctest", "handlers/signin/ldap/slapdtest"},

	// What the page for developers reads.
	"github.com/goccy/go-yaml": {"handlers/developers"},

	// Files people take away.
	"github.com/xuri/excelize": {"handlers/document"},

	// The command line.
	"github.com/alecthomas/kong": {"cmd/mailbox"},

	// The system.
	"os": {"cmd", "handlers/channel/email/receive/dovecottest", "handlers/channel/email/send", "handlers/signin/ldap/slapdtest", "repository/blob", "repository/private", "repository/spool", "repository/postgres/pgtest", "repository/redisdb/redistest", "handlers/web/webtest"},
}
