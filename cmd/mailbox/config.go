package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"mailbox/workflow/access"
)

// Secret is a setting that must not be printed.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "•••"
}

// Config is everything that can be set: by flag, by variable, and, for any
// variable, by a file named in the variable with _FILE behind it. With nothing
// set the program runs on servers of its own.
type Config struct {
	Listen    string `name:"listen" setting:"MAILBOX_LISTEN" default:"127.0.0.1:8080" help:"Address of the web pages."`
	OpsListen string `name:"ops-listen" setting:"MAILBOX_OPS_LISTEN" default:"127.0.0.1:8081" help:"Address of metrics, health and profiles."`
	PublicURL string `name:"public-url" setting:"MAILBOX_PUBLIC_URL" help:"Where readers find the mailbox; links in mails begin with it. Default: http:// and the web address."`
	Data      string `name:"data" setting:"MAILBOX_DATA" help:"Directory of private servers, attachments and keys. Default: .data, as root /var/lib/mailbox."`

	DatabaseURL Secret `name:"database-url" setting:"DATABASE_URL" help:"PostgreSQL. Default: a private one."`
	RedisURL    Secret `name:"redis-url" setting:"REDIS_URL" help:"Redis: single, sentinel or cluster. Default: a private one."`

	SMTPListen string `name:"smtp-listen" setting:"MAILBOX_SMTP_LISTEN" help:"Address at which mail is received. Default: none; in a demonstration 127.0.0.1:2525."`
	IMAPURL    Secret `name:"imap-url" setting:"MAILBOX_IMAP_URL" help:"Mailboxes to follow: imaps://user:pass@host/INBOX, several separated by spaces."`
	SMTPURL    Secret `name:"smtp-url" setting:"MAILBOX_SMTP_URL" help:"Server that mail is sent through: smtp(s)://user:pass@host:port. Default: files under the data directory."`
	MailFrom   string `name:"mail-from" setting:"MAILBOX_MAIL_FROM" default:"校长信箱 <mailbox@localhost>" help:"Sender of mails."`

	MailDomains string `name:"mail-domains" setting:"MAILBOX_MAIL_DOMAINS" help:"Domains whose mail is received, separated by spaces; * is every one. Default: the sender's; in a demonstration every one."`

	KeyFile  string `name:"key-file" setting:"MAILBOX_KEY_FILE" help:"Identity and receipt keys. Default: made in the data directory on first start."`
	TimeZone string `name:"timezone" setting:"MAILBOX_TIMEZONE" default:"Asia/Shanghai" help:"The college's time."`

	SecondFactor string `name:"second-factor" setting:"MAILBOX_SECOND_FACTOR" help:"Whose password needs a second step, until it is chosen on the pages: nobody, office (the office and administrators) or all. Default: office; in a demonstration nobody."`
	WebhookAllow string `name:"webhook-allow" setting:"MAILBOX_WEBHOOK_ALLOW" help:"Private networks and addresses that webhooks may lead to, separated by spaces; 127.0.0.1 also lets plain http to this machine. Default: none."`

	Proxies      string `name:"trusted-proxies" setting:"MAILBOX_TRUSTED_PROXIES" help:"Networks whose X-Forwarded-For is believed, separated by spaces. Default: none."`
	DemoPassword Secret `name:"demo-password" setting:"MAILBOX_DEMO_PASSWORD" help:"Password of the demonstration's accounts. Default: made on first start and printed."`

	zone *time.Location
	join bool // use the private servers of a program that serves, if one does
}

// environment lets a flag be set by its variable, or by a file the variable
// with _FILE names.
func environment(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name := flag.Tag.Get("setting")
		if name == "" {
			return nil, nil //nolint:nilnil // kong's way of saying: not set here
		}
		if v := getenv(name); v != "" {
			return v, nil
		}
		file := getenv(name + "_FILE")
		if file == "" {
			return nil, nil //nolint:nilnil // as above
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s_FILE: %w", name, err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	})
}

// check completes the settings and reports all mistakes at once.
func (c *Config) check() error {
	var errs []error
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		errs = append(errs, fmt.Errorf("MAILBOX_TIMEZONE: %w", err))
	}
	c.zone = zone
	if c.Data == "" {
		c.Data = dataDir()
	}
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		errs = append(errs, fmt.Errorf("MAILBOX_DATA: %w", err))
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listen
	}
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" {
		errs = append(errs, fmt.Errorf("MAILBOX_PUBLIC_URL: %q is no address", c.PublicURL))
	}
	if c.SecondFactor != "" && !slices.Contains(access.Needs, access.Need(c.SecondFactor)) {
		errs = append(errs, fmt.Errorf("MAILBOX_SECOND_FACTOR: %q is none of nobody, office, all", c.SecondFactor))
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.Data, "keys")
	}
	return errors.Join(errs...)
}

// dataDir is where data goes by default. A home of root is closed to the user
// that PostgreSQL runs as.
func dataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/mailbox"
	}
	return ".data"
}

// describe lists the settings, secrets hidden, for the log at start.
func (c *Config) describe() []any {
	var out []any
	v := reflect.ValueOf(*c)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if name := f.Tag.Get("setting"); name != "" && !v.Field(i).IsZero() {
			out = append(out, strings.ToLower(name), fmt.Sprint(v.Field(i)))
		}
	}
	return out
}

// mailDomain is the part of the sender's address behind the @.
func (c *Config) mailDomain() string {
	_, domain, _ := strings.Cut(strings.TrimSuffix(c.MailFrom[strings.LastIndex(c.MailFrom, "<")+1:], ">"), "@")
	if domain == "" {
		return "localhost"
	}
	return domain
}

// demonstrate sets what a demonstration has and a college chooses.
func (c *Config) demonstrate() {
	if c.SecondFactor == "" {
		c.SecondFactor = string(access.NeedNobody)
	}
	if c.SMTPListen == "" {
		c.SMTPListen = "127.0.0.1:2525"
	}
	if c.MailDomains == "" {
		c.MailDomains = "*"
	}
}
