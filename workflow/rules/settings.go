package rules

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// SettingType says how a setting is written down.
type SettingType string

// The types of settings.
const (
	Line  SettingType = "line"  // one line
	Prose SettingType = "prose" // several lines
	Lines SettingType = "lines" // one entry a line
)

// Names of the settings.
const (
	CollegeName   = "college.name"
	CollegeNameEN = "college.name_en"
	Emergency     = "college.emergency"
	OfficePhone   = "office.phone"
	OfficeAddress = "office.address"
	MailAddress   = "mail.address"
	PromiseZH     = "promise.zh"
	PromiseEN     = "promise.en"
	CrisisWords   = "crisis.words"
	SiteFeeds     = "disclosure.feeds"
	GuideZH       = "disclosure.guide" // what applicants for disclosure should know
	GuideEN       = "disclosure.guide_en"
	GuideURL      = "disclosure.guide_url"
)

// Setting is one thing the college says of itself or chooses.
type Setting struct {
	Key      string
	Type     SettingType
	Default  string
	Max      int // characters
	Required bool
}

// Settings is the table of all settings, in the order pages show them. An
// empty value means the default.
var Settings = []Setting{
	{Key: CollegeName, Type: Line, Default: "学校", Max: 40, Required: true},
	{Key: CollegeNameEN, Type: Line, Max: 80},
	{Key: Emergency, Type: Lines, Default: "报警|Police|110\n急救|Ambulance|120\n心理援助|Crisis line|12356", Max: 600},
	{Key: OfficePhone, Type: Line, Max: 40},
	{Key: OfficeAddress, Type: Line, Max: 100},
	{Key: MailAddress, Type: Line, Max: 100},
	{Key: PromiseZH, Type: Prose, Max: 120},
	{Key: PromiseEN, Type: Prose, Max: 240},
	{Key: CrisisWords, Type: Lines, Max: 4_000},
	{Key: SiteFeeds, Type: Lines, Max: 1_000},
	{Key: GuideZH, Type: Prose, Max: 300},
	{Key: GuideEN, Type: Prose, Max: 600},
	{Key: GuideURL, Type: Line, Max: 200},
}

// SettingSource is where settings are kept; every Store is one.
type SettingSource interface {
	Settings(ctx context.Context) (map[string]string, error)
}

// Values are the settings of a college.
type Values map[string]string

// ReadSettings returns the settings that anybody may know: all of them.
func ReadSettings(ctx context.Context, from SettingSource) (Values, error) {
	stored, err := from.Settings(ctx)
	out := Values{}
	maps.Copy(out, stored)
	return out, err
}

// Get returns a setting, or its default when it is not set.
func (v Values) Get(key string) string {
	if s := v[key]; s != "" {
		return s
	}
	for _, s := range Settings {
		if s.Key == key {
			return s.Default
		}
	}
	return ""
}

// List returns the entries of a setting of lines.
func (v Values) List(key string) []string {
	var out []string
	for l := range strings.Lines(v.Get(key)) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// Phone is a number to ring in danger, with what it is for in both languages.
type Phone struct{ ZH, EN, Number string }

// Phones reads the emergency numbers: name|name in English|number, or a number
// alone.
func (v Values) Phones() []Phone {
	var out []Phone
	for _, l := range v.List(Emergency) {
		parts := strings.Split(l, "|")
		p := Phone{Number: strings.TrimSpace(parts[len(parts)-1])}
		if len(parts) > 1 {
			p.ZH, p.EN = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[len(parts)-2])
		}
		out = append(out, p)
	}
	return out
}

// Settings returns what is set, for administrators.
func (r *Rules) Settings(ctx context.Context, by workflow.Actor) (Values, error) {
	if err := admin(by); err != nil {
		return nil, err
	}
	return ReadSettings(ctx, r.desk.Store)
}

// SaveSettings stores the settings that are named and differ, and notes each in
// the journal with what it was. It returns how many changed.
func (r *Rules) SaveSettings(ctx context.Context, by workflow.Actor, values Values) (int, error) {
	if err := admin(by); err != nil {
		return 0, err
	}
	clean := Values{}
	var errs []error
	for key, value := range values {
		checked, err := checkSetting(key, value)
		clean[key], errs = checked, append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	changed := 0
	err := r.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		var err error
		changed, err = r.keepSettings(ctx, tx, by, clean)
		return err
	})
	return changed, err
}

func (r *Rules) keepSettings(ctx context.Context, tx workflow.Store, by workflow.Actor, values Values) (int, error) {
	before, err := tx.Settings(ctx)
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, s := range Settings {
		value, named := values[s.Key]
		if !named || value == before[s.Key] {
			continue
		}
		if err := tx.SaveSetting(ctx, s.Key, value, by.ID, r.desk.Now()); err != nil {
			return 0, err
		}
		detail := map[string]string{"before": brief(before[s.Key]), "after": brief(value)}
		if err := r.note(ctx, tx, by, "setting", "setting:"+s.Key, detail); err != nil {
			return 0, err
		}
		changed++
	}
	return changed, nil
}

// brief is as much of a value as the journal keeps.
func brief(s string) string {
	const most = 200
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

func checkSetting(key, value string) (string, error) {
	i := slices.IndexFunc(Settings, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return "", workflow.Wrong(key, "invalid.choice")
	}
	s := Settings[i]
	value = strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
	switch {
	case value == "" && s.Required:
		return value, workflow.Wrong(key, "invalid.required")
	case utf8.RuneCountInString(value) > s.Max:
		return value, workflow.Wrong(key, "invalid.too_long", s.Max)
	case s.Type == Line && strings.Contains(value, "\n"):
		return value, workflow.Wrong(key, "rules.one_line")
	case key == MailAddress && value != "" && (strings.Count(value, "@") != 1 || strings.ContainsAny(value, " ,;<>")):
		return value, workflow.Wrong(key, "invalid.email")
	case key == GuideURL && value != "" && !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "http://"):
		return value, workflow.Wrong(key, "rules.link")
	case key == Emergency && slices.ContainsFunc(Values{key: value}.Phones(), numberless):
		return value, workflow.Wrong(key, "rules.emergency")
	}
	return value, nil
}

func numberless(p Phone) bool { return !strings.ContainsAny(p.Number, "0123456789") }
