package channels

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// Field is one thing that can be set for a channel. Its words are
// channel.<channel>.<name> and, behind it, .hint.
type Field struct {
	Name     string
	Secret   bool   // can be written and never read
	Required bool   // the channel cannot be enabled without it
	Long     bool   // several lines
	Tick     bool   // "yes" or ""
	Apart    bool   // on a page of its own
	Unlike   string // the secret it must differ from
	Check    func(v string) bool
}

// Specs lists what can be set, in the order forms show it.
var Specs = map[workflow.Channel][]Field{
	workflow.WeChat: {
		{Name: "app_id", Required: true},
		{Name: "original_id"},
		{Name: "token", Secret: true, Required: true, Check: word},
		{Name: "aes_key", Secret: true, Check: aesKey},
		{Name: "app_secret", Secret: true, Required: true},
		{Name: "template_id"},
		{Name: "subscribe_id"},
	},
	workflow.OA: {
		{Name: "key_id", Required: true, Check: word},
		{Name: "secret", Secret: true, Required: true, Check: strong},
		{Name: "base", Check: address},
		{Name: "out_secret", Secret: true, Check: strong, Unlike: "secret"},
		{Name: "message_path", Check: path},
		{Name: "system_code", Apart: true},
		{Name: "creator", Apart: true},
		{Name: "people", Apart: true, Long: true},
		{Name: "user", Apart: true},
		{Name: "password", Apart: true, Secret: true},
		{Name: "mapping", Apart: true, Long: true},
	},
	workflow.WeCom: {
		{Name: "corp_id", Required: true},
		{Name: "agent_id", Required: true, Check: digits},
		{Name: "app_secret", Secret: true, Required: true},
		{Name: "token", Secret: true, Required: true, Check: word},
		{Name: "aes_key", Secret: true, Required: true, Check: aesKey},
	},
	workflow.QQ: {
		{Name: "app_id", Required: true, Check: digits},
		{Name: "app_secret", Secret: true, Required: true},
		{Name: "groups", Tick: true},
	},
}

const maxValue = 500

// check says everything that is wrong with a change.
func check(channel workflow.Channel, ch Change, secrets Secrets) error {
	var all []error
	for _, f := range Specs[channel] {
		v := strings.TrimSpace(ch.Config[f.Name])
		if f.Secret {
			v = secrets[f.Name]
		} else if ch.Config != nil {
			ch.Config[f.Name] = v
		}
		switch {
		case v == "" && f.Required && ch.Enabled:
			all = append(all, workflow.Wrong(f.Name, "invalid.required"))
		case v != "" && f.Check != nil && !f.Check(v):
			all = append(all, workflow.Wrong(f.Name, "channel.invalid"))
		case v != "" && f.Unlike != "" && v == secrets[f.Unlike]:
			all = append(all, workflow.Wrong(f.Name, "channel.same_secret"))
		case utf8.RuneCountInString(v) > maxValue && !f.Long:
			all = append(all, workflow.Wrong(f.Name, "invalid.too_long", maxValue))
		}
	}
	return errors.Join(all...)
}

// word is what platforms let one choose as a token: 3 to 32 letters and digits.
func word(v string) bool {
	return len(v) >= 3 && len(v) <= 32 && strings.Trim(v, wordLetters) == ""
}

// digits is a number as platforms give out.
func digits(v string) bool { return len(v) <= 18 && strings.Trim(v, "0123456789") == "" }

// aesKey is 43 characters that are 32 bytes.
func aesKey(v string) bool {
	if len(v) != 43 {
		return false
	}
	b, err := base64.StdEncoding.DecodeString(v + "=")
	return err == nil && len(b) == 32
}

// strong is a secret that nobody guesses.
func strong(v string) bool { return len(v) >= 16 && len(v) <= 200 }

// address is where a system is: http or https, a host, and perhaps a path; no
// name and no password, which would end in a log.
func address(v string) bool {
	rest, secure := strings.CutPrefix(v, "https://")
	if !secure {
		var plain bool
		if rest, plain = strings.CutPrefix(v, "http://"); !plain {
			return false
		}
	}
	host, behind, _ := strings.Cut(rest, "/")
	return host != "" && strings.Trim(host, hostLetters) == "" && (behind == "" || path("/"+behind))
}

const (
	wordLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	hostLetters = wordLetters + ".-:[]"
	pathLetters = wordLetters + "/.-_~"
)

// path is a path of a system, without a query.
func path(v string) bool {
	return strings.HasPrefix(v, "/") && !strings.Contains(v, "//") && strings.Trim(v, pathLetters) == ""
}
