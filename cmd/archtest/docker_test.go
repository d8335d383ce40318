package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// variables are the ones the program promises to read; each also with _FILE.
var variables = []string{
	"MAILBOX_LISTEN", "MAILBOX_OPS_LISTEN", "MAILBOX_PUBLIC_URL", "MAILBOX_DATA", "DATABASE_URL", "REDIS_URL",
	"MAILBOX_SMTP_LISTEN", "MAILBOX_IMAP_URL", "MAILBOX_SMTP_URL", "MAILBOX_MAIL_FROM", "MAILBOX_KEY_FILE", "MAILBOX_TIMEZONE",
	"MAILBOX_DEMO_PASSWORD",
}

func promised(name string) bool {
	return slices.Contains(variables, name) || slices.Contains(variables, strings.TrimSuffix(name, "_FILE"))
}

type service struct {
	Image string
	Build *struct {
		Context, Dockerfile string
		Args                map[string]string
	}
	Environment map[string]string
	Command     any
	Ports       []string
	Volumes     []string
	Secrets     []string
	Restart     string
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	Healthcheck struct{ Test []string }
}

type compose struct {
	Services map[string]service
	Volumes  map[string]any
	Secrets  map[string]struct{ File string }
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readCompose(t *testing.T) (c compose) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text(t, "docker/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompose(t *testing.T) {
	c := readCompose(t)
	for _, name := range []string{"mailbox", "postgres", "redis"} {
		s, ok := c.Services[name]
		if !ok {
			t.Errorf("no service %s", name)
			continue
		}
		checkService(t, c, name, s)
	}
	app := c.Services["mailbox"]
	for _, name := range []string{"postgres", "redis"} {
		if app.DependsOn[name].Condition != "service_healthy" {
			t.Errorf("mailbox does not wait for a healthy %s", name)
		}
		if len(c.Services[name].Ports) != 0 {
			t.Errorf("%s is open to the outside", name)
		}
	}
	for name := range app.Environment {
		if !promised(name) {
			t.Errorf("the program does not read %s", name)
		}
	}
	if app.Build == nil || filepath.Join("docker", app.Build.Context, app.Build.Dockerfile) != "docker/Dockerfile" {
		t.Errorf("mailbox is not built from docker/Dockerfile: %+v", app.Build)
	}
	if raw := text(t, "docker/compose.yaml"); !strings.Contains(raw, "appendonly yes") {
		t.Error("redis keeps no append-only file")
	}
}

func checkService(t *testing.T, c compose, name string, s service) {
	t.Helper()
	if image, tag, ok := strings.Cut(s.Image, ":"); !ok || image == "" || tag == "" || tag == "latest" {
		t.Errorf("%s: image %q has no fixed tag", name, s.Image)
	}
	if s.Restart == "" || len(s.Healthcheck.Test) < 2 || len(s.Volumes) == 0 {
		t.Errorf("%s: wants a restart policy, a health check and a volume", name)
	}
	for _, v := range s.Volumes {
		if from, _, _ := strings.Cut(v, ":"); !has(c.Volumes, from) {
			t.Errorf("%s: volume %s is not declared", name, from)
		}
	}
	for _, secret := range s.Secrets {
		if c.Secrets[secret].File == "" {
			t.Errorf("%s: secret %s is not declared", name, secret)
		}
	}
	for key, value := range s.Environment {
		secret, isFile := strings.CutPrefix(value, "/run/secrets/")
		if isFile && !slices.Contains(s.Secrets, secret) {
			t.Errorf("%s: %s names secret %s, which the service is not given", name, key, secret)
		}
		if !isFile && regexp.MustCompile(`(?i)password|secret`).MatchString(key) {
			t.Errorf("%s: %s is a secret in the open", name, key)
		}
	}
}

func has(m map[string]any, key string) bool { _, ok := m[key]; return ok }

func TestDockerfile(t *testing.T) {
	raw := strings.ReplaceAll(text(t, "docker/Dockerfile"), "\\\n", " ")
	var user, health string
	for line := range strings.Lines(raw) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "FROM":
			user = "" // each stage begins as root
			checkFrom(t, rest)
		case "COPY":
			checkCopy(t, rest)
		case "ENV":
			for _, pair := range strings.Fields(rest) {
				if key, _, _ := strings.Cut(pair, "="); strings.HasPrefix(key, "MAILBOX_") && !promised(key) {
					t.Errorf("the program does not read %s", key)
				}
			}
		case "USER":
			user = rest
		case "HEALTHCHECK":
			health = rest
		}
	}
	if !regexp.MustCompile(`^[1-9]\d*(:[1-9]\d*)?$`).MatchString(user) {
		t.Errorf("the program runs as %q, want a user by number that is not root", user)
	}
	if !strings.Contains(health, `CMD ["`) {
		t.Errorf("the health check %q needs a shell, and there is none", health)
	}
}

// checkFrom wants a fixed tag, and the compiler the module asks for.
func checkFrom(t *testing.T, rest string) {
	t.Helper()
	image, _, _ := strings.Cut(rest, " ")
	if image == "scratch" {
		return
	}
	name, tag, ok := strings.Cut(image, ":")
	if !ok || tag == "latest" {
		t.Errorf("FROM %s has no fixed tag", image)
	}
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(text(t, "go.mod"))
	if name == "golang" && (version == nil || !strings.HasPrefix(tag, version[1]+"-")) {
		t.Errorf("FROM %s, but go.mod wants %v", image, version)
	}
}

// checkCopy wants every path copied from the project to exist and to reach the builder.
func checkCopy(t *testing.T, rest string) {
	t.Helper()
	paths := strings.Fields(rest)
	if strings.HasPrefix(paths[0], "--from=") {
		return
	}
	sent := strings.Split(text(t, "docker/Dockerfile.dockerignore"), "\n")
	for _, p := range paths[:len(paths)-1] {
		if _, err := os.Stat(filepath.Join("..", "..", p)); err != nil {
			t.Errorf("COPY %s: %v", p, err)
		}
		if !slices.Contains(sent, "!"+p) {
			t.Errorf("COPY %s: the builder is not sent it", p)
		}
	}
}
