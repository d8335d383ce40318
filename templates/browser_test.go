package templates_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"mailbox/templates"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"

// serve shows the samples as /<locale>/<index>, under the policy that the
// package comment promises to need no exception from.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	set := parse(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/static/", func(w http.ResponseWriter, r *http.Request) {
		b, ctype, _, ok := templates.Static(r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", ctype)
		_, _ = w.Write(b)
	})
	for _, locale := range templates.Locales {
		for i, s := range samples() {
			html := render(t, set, locale, s)
			mux.HandleFunc(fmt.Sprintf("/%s/%d", locale, i), func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", policy)
				_, _ = w.Write([]byte(html))
			})
		}
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// browse starts a browser that collects what its console complains about.
func browse(t *testing.T) (context.Context, func() []string) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var said []string
	err := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			said = append(said, ev.ExceptionDetails.Text)
		case *cdplog.EventEntryAdded:
			if ev.Entry.Level == cdplog.EntryLevelError || ev.Entry.Level == cdplog.EntryLevelWarning {
				said = append(said, ev.Entry.Text+" "+ev.Entry.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := said
		said = nil
		return out
	}
}

// faults asks the page itself what a careful reader would find.
const faults = `(() => {
  const bad = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((el) => el.getBoundingClientRect().right > root.clientWidth + 1 && !el.closest(".table-frame, .tabs"));
    bad.push("scrolls sideways to " + root.scrollWidth + ": " + wide.slice(0, 4).map((el) => el.tagName + "." + el.getAttribute("class")).join(", "));
  }
  for (const el of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!el.labels?.length && !el.getAttribute("aria-label")) bad.push("no label: " + el.name + el.id);
  }
  for (const el of document.querySelectorAll("button, a[href]")) {
    if (!(el.textContent.trim() || el.getAttribute("aria-label"))) bad.push("nameless " + el.outerHTML.slice(0, 80));
  }
  const ids = [...document.querySelectorAll("[id]")].map((el) => el.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) bad.push("id twice: " + id);
  for (const el of document.querySelectorAll("[aria-describedby], [aria-labelledby], [aria-controls]")) {
    for (const at of ["aria-describedby", "aria-labelledby", "aria-controls"]) {
      for (const id of (el.getAttribute(at) || "").split(/\s+/).filter(Boolean)) if (!document.getElementById(id)) bad.push(at + " leads nowhere: " + id);
    }
  }
  for (const el of document.querySelectorAll("a.button, button, .way, summary, .choice, .switches button")) {
    const box = el.getBoundingClientRect();
    if (box.height > 0 && box.height < 23.5) bad.push("too small to touch: " + el.textContent.trim().slice(0, 30) + " " + box.height);
  }
  return bad;
})()`

// TestInTheBrowser opens the sample pages at the width of a small phone and of
// a desk, in both languages. With LOOK_DIR set it also leaves pictures there.
func TestInTheBrowser(t *testing.T) {
	server := serve(t)
	ctx, console := browse(t)
	for _, locale := range templates.Locales {
		for _, width := range []int64{360, 1280} {
			for i, s := range samples()[:3] {
				err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 740),
					chromedp.Navigate(fmt.Sprintf("%s/%s/%d", server.URL, locale, i)))
				if err != nil {
					t.Fatal(err)
				}
				found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](faults))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range append(found, console()...) {
					t.Errorf("%s %s at %d: %s", locale, s.name, width, f)
				}
				photograph(ctx, t, fmt.Sprintf("%s-%d-%s", strings.TrimSuffix(filepath.Base(s.name), ".html"), width, locale))
			}
		}
	}
}

// photograph writes what the page looks like in both themes to LOOK_DIR.
func photograph(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("LOOK_DIR")
	if dir == "" {
		return
	}
	for _, theme := range []string{"light", "dark"} {
		feature := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: feature})
		if err != nil {
			t.Fatal(err)
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+"-"+theme+".png"), png, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
