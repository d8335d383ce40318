package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailbox/cmd/mailbox/bench"
)

// TestBench: every figure is measured, in a small college and a short time. What
// it comes to on a busy machine says nothing.
func TestBench(t *testing.T) {
	t.Parallel()
	dir := freshDir(t)
	out := filepath.Join(dir, "bench.json")
	w := world{Getenv: func(string) string { return "" }, Out: io.Discard, Err: io.Discard, Now: time.Now}
	c := Config{Data: dir, MailFrom: "mailbox@localhost", TimeZone: "Asia/Shanghai", Listen: "127.0.0.1:0"}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	err := bench.Run(t.Context(), bench.Options{
		Program: os.Args[0], Env: []string{beProgram + "=plain"}, Dir: filepath.Join(dir, "bench"), Out: out, Version: "test",
		Cases: 2000, Seconds: 1, Table: &table, Say: t.Output(),
		Open: func(ctx context.Context, dir string) (*bench.College, error) { return openCollege(ctx, dir, c, w) },
	})
	if err != nil {
		t.Fatal(err)
	}
	measured := map[string]int{}
	for _, f := range read(t, out) {
		measured[f.Section]++
		if f.Value <= 0 {
			t.Errorf("%s is %v %s", f.Name, f.Value, f.Unit)
		}
		if !bytes.Contains(table.Bytes(), []byte(f.Name)) {
			t.Errorf("%s is not in the table", f.Name)
		}
	}
	for _, section := range bench.Names() {
		if measured[section] == 0 {
			t.Errorf("nothing was measured of %s", section)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "bench")); !os.IsNotExist(err) {
		t.Errorf("the bench left its servers' data: %v", err)
	}
}

func read(t *testing.T, path string) []bench.Figure {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Figures []bench.Figure }
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	return table.Figures
}
