package access

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"mailbox/workflow"
)

// Ways is how the ways to sign in are set up. None is open until an
// administrator opens it, and nothing is called before.
type Ways struct {
	desk  *workflow.Desk
	vault *Vault

	mu   sync.Mutex
	read time.Time
	all  map[workflow.Way]Way
}

// NewWays returns Ways.
func NewWays(desk *workflow.Desk, vault *Vault) *Ways { return &Ways{desk: desk, vault: vault} }

// Way is how a way is set up, for the machine that uses it.
type Way struct {
	workflow.WaySettings
	Secrets Secrets
}

// Get is what is set, or what is meant when nothing is.
func (w Way) Get(name string) string {
	if v := w.Config[name]; v != "" {
		return v
	}
	for _, f := range WaySpecs[w.Way] {
		if f.Name == name {
			return f.Default
		}
	}
	return ""
}

// Secrets are words by name that are never shown.
type Secrets map[string]string

// String hides the secrets.
func (Secrets) String() string { return "•••" }

// GoString hides the secrets from %#v.
func (Secrets) GoString() string { return "•••" }

// waysKept is how long a change may take to be heard by every process.
const waysKept = 3 * time.Second

// Way is the way as it is set up; one that never was is not enabled.
func (w *Ways) Way(ctx context.Context, way workflow.Way) (Way, error) {
	all, err := w.known(ctx)
	if err != nil {
		return Way{}, err
	}
	if found, ok := all[way]; ok {
		return found, nil
	}
	return Way{WaySettings: workflow.WaySettings{Way: way}}, nil
}

// Open lists the ways of the campus that are enabled, in the order pages show
// them.
func (w *Ways) Open(ctx context.Context) ([]workflow.Way, error) {
	all, err := w.known(ctx)
	var out []workflow.Way
	for _, way := range workflow.CampusWays {
		if all[way].Enabled {
			out = append(out, way)
		}
	}
	return out, err
}

func (w *Ways) known(ctx context.Context) (map[workflow.Way]Way, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all != nil && w.desk.Now().Sub(w.read) < waysKept {
		return w.all, nil
	}
	stored, err := w.desk.Store.Ways(ctx)
	if err != nil {
		return nil, fmt.Errorf("read ways to sign in: %w", err)
	}
	all := map[workflow.Way]Way{}
	for _, s := range stored {
		secrets, err := w.open(s)
		if err != nil {
			return nil, err
		}
		all[s.Way] = Way{s, secrets}
	}
	w.all, w.read = all, w.desk.Now()
	return all, nil
}

// forget lets the settings be read anew.
func (w *Ways) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = nil
}

func wayPurpose(way workflow.Way) string { return "signin/" + string(way) }

func (w *Ways) open(s workflow.WaySettings) (Secrets, error) {
	out := Secrets{}
	if s.Sealed == nil {
		return out, nil
	}
	plain, err := w.vault.OpenFor(wayPurpose(s.Way), s.Sealed)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("read secrets of %s: %w", s.Way, err)
	}
	return out, nil
}

// WayChange is what an administrator sets. Of Secrets only those that are given
// are changed; a setting that is not given goes.
type WayChange struct {
	Enabled bool
	Config  map[string]string
	Secrets map[string]string
	Version int64 // the one that was shown
}

// Save changes a way, for an administrator. What stands in the journal are the
// names of what was changed.
func (w *Ways) Save(ctx context.Context, by workflow.Actor, way workflow.Way, ch WayChange) error {
	if !by.Is(workflow.Admin) || WaySpecs[way] == nil {
		return workflow.Absent()
	}
	s, secrets, err := w.stored(ctx, way)
	if err != nil {
		return err
	}
	for name, v := range ch.Secrets {
		if v != "" {
			secrets[name] = v
		}
	}
	if err := checkWay(way, ch, secrets); err != nil {
		return err
	}
	plain, err := json.Marshal(map[string]string(secrets))
	if err != nil {
		return fmt.Errorf("seal secrets: %w", err)
	}
	detail := map[string]string{"enabled": strconv.FormatBool(ch.Enabled), "changed": changedNames(s, ch)}
	s.Enabled, s.Config, s.Sealed = ch.Enabled, ch.Config, w.vault.SealFor(wayPurpose(way), plain)
	s.Version, s.Changed = ch.Version, w.desk.Now()
	err = w.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		saved := s
		if err := tx.SaveWay(ctx, &saved, by.ID); err != nil {
			return err
		}
		e := workflow.JournalEntry{At: w.desk.Now(), Account: by.ID, Action: "way", Subject: "way:" + string(way), Detail: detail}
		return tx.AddJournal(ctx, e, w.desk.Keeper.Chain.LinkJournal)
	})
	w.forget()
	return err
}

// changedNames lists the names of what is different.
func changedNames(s workflow.WaySettings, ch WayChange) string {
	var names []string
	for name, v := range ch.Config {
		if s.Config[name] != v {
			names = append(names, name)
		}
	}
	for name, v := range ch.Secrets {
		if v != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return fmt.Sprint(names)
}

func (w *Ways) stored(ctx context.Context, way workflow.Way) (workflow.WaySettings, Secrets, error) {
	s := workflow.WaySettings{Way: way}
	all, err := w.desk.Store.Ways(ctx)
	if err != nil {
		return s, nil, err
	}
	if i := slices.IndexFunc(all, func(o workflow.WaySettings) bool { return o.Way == way }); i >= 0 {
		s = all[i]
	}
	secrets, err := w.open(s)
	return s, secrets, err
}

// ShownWay is a way as an administrator sees it: which secrets are set, and none
// of them.
type ShownWay struct {
	workflow.WaySettings
	Set map[string]bool
}

// Show shows one way to an administrator.
func (w *Ways) Show(ctx context.Context, by workflow.Actor, way workflow.Way) (ShownWay, error) {
	if !by.Is(workflow.Admin) || WaySpecs[way] == nil {
		return ShownWay{}, workflow.Absent()
	}
	s, secrets, err := w.stored(ctx, way)
	if err != nil {
		return ShownWay{}, err
	}
	out := ShownWay{s, map[string]bool{}}
	out.Sealed, out.Config = nil, maps.Clone(s.Config)
	for name, v := range secrets {
		out.Set[name] = v != ""
	}
	return out, nil
}

// List shows every way of the campus to an administrator, set up or not.
func (w *Ways) List(ctx context.Context, by workflow.Actor) ([]ShownWay, error) {
	var out []ShownWay
	for _, way := range workflow.CampusWays {
		s, err := w.Show(ctx, by, way)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
