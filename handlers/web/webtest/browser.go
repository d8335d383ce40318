package webtest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser is the one browser of a test process.
var browser struct {
	mu      sync.Mutex
	ready   bool // Main is running
	ctx     context.Context
	release func()
}

// Main runs the tests of a package that uses a browser and closes the browser
// afterwards:
//
//	func TestMain(m *testing.M) { webtest.Main(m) }
func Main(m *testing.M) {
	browser.ready = true
	code := m.Run()
	if browser.release != nil {
		browser.release()
	}
	os.Exit(code)
}

// openBrowser starts the browser at the first call.
func openBrowser(tb testing.TB) context.Context {
	tb.Helper()
	browser.mu.Lock()
	defer browser.mu.Unlock()
	if !browser.ready {
		tb.Fatal("a package with browser tests needs: func TestMain(m *testing.M) { webtest.Main(m) }")
	}
	if browser.ctx != nil {
		return browser.ctx
	}
	dir, err := os.MkdirTemp("", "mailbox-browser") //nolint:usetesting // it outlives the first test
	if err != nil {
		tb.Fatal(err)
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), flags(dir)...)
	ctx, stop := chromedp.NewContext(alloc)
	browser.release = func() {
		_ = chromedp.Cancel(ctx)
		stop()
		stopAlloc()
		_ = os.RemoveAll(dir)
	}
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("start the browser: %v", err)
	}
	browser.ctx = ctx
	return ctx
}

func flags(dir string) []chromedp.ExecAllocatorOption {
	opts := []chromedp.ExecAllocatorOption{
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(dir),
	}
	for _, f := range []string{
		"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync",
		"hide-scrollbars", "disable-dev-shm-usage",
	} {
		opts = append(opts, chromedp.Flag(f, true))
	}
	return opts
}

// Tab is a tab of a real browser, with cookies of its own. Ctx is for chromedp.
type Tab struct {
	Ctx context.Context
	tb  testing.TB

	mu     sync.Mutex
	errors []string
}

// TabOption changes a tab before its first page.
type TabOption func(*tabOptions)

type tabOptions struct {
	width, height int64
	noScript      bool
	agent         string
	cookies       []network.SetCookieParams
}

// Width sets how wide the window is, in CSS pixels. The default is 1280.
func Width(px int64) TabOption { return func(o *tabOptions) { o.width = px } }

// NoScript switches JavaScript off.
func NoScript(o *tabOptions) { o.noScript = true }

// Agent makes the browser call itself something else, as web views do.
func Agent(words string) TabOption { return func(o *tabOptions) { o.agent = words } }

// As gives the tab the session of a client.
func As(c *Client) TabOption {
	return func(o *tabOptions) {
		for _, ck := range c.http.Jar.Cookies(c.base) {
			o.cookies = append(o.cookies, network.SetCookieParams{Name: ck.Name, Value: ck.Value, URL: c.base.String()})
		}
	}
}

// tabTime is what a test may spend in one tab.
const tabTime = time.Minute

// Open opens a tab that is closed when the test ends. What pages write to the
// console as an error, and exceptions, fail the test then, unless
// [Tab.Forgive] was called.
func Open(tb testing.TB, options ...TabOption) *Tab {
	tb.Helper()
	o := tabOptions{width: 1280, height: 800}
	for _, option := range options {
		option(&o)
	}
	t := &Tab{tb: tb}
	ctx, cancel := chromedp.NewContext(openBrowser(tb), chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(ctx, tabTime)
	t.Ctx = ctx
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.EmulateViewport(o.width, o.height),
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.noScript}),
	}
	if o.agent != "" {
		steps = append(steps, command(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: o.agent}))
	}
	for _, ck := range o.cookies {
		steps = append(steps, command(network.SetCookie, ck))
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		tb.Fatalf("open tab: %v", err)
	}
	t.listen()
	tb.Cleanup(func() {
		stop()
		cancel()
		for _, e := range t.Errors() {
			tb.Errorf("console: %s", e)
		}
	})
	return t
}

// Do runs steps and fails the test when one fails.
func (t *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	t.tb.Helper()
	if err := chromedp.Do(t.Ctx, steps...); err != nil {
		t.tb.Fatal(err)
	}
}

// Go opens a page and waits for it.
func (t *Tab) Go(url string) {
	t.tb.Helper()
	t.Do(chromedp.Navigate(url))
}

// Page returns the page as it is now, after its scripts.
func (t *Tab) Page() *Node {
	t.tb.Helper()
	page, err := chromedp.Run(t.Ctx, chromedp.Evaluate[string]("document.documentElement.outerHTML")) // in one go: a node may be gone when it is asked for
	if err != nil {
		t.tb.Fatal(err)
	}
	return Parse(t.tb, page)
}

// Save writes a picture of the whole page into a file.
func (t *Tab) Save(path string) {
	t.tb.Helper()
	png, err := chromedp.Run(t.Ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.tb.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.tb.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.tb.Fatal(err)
	}
}

// Errors lists what the pages complained about so far.
func (t *Tab) Errors() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.errors)
}

// Forgive forgets the complaints that contain the words: those a test meant
// to cause.
func (t *Tab) Forgive(words string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errors = slices.DeleteFunc(t.errors, func(e string) bool { return strings.Contains(e, words) })
}

func (t *Tab) listen() {
	messages := chromedp.Console(t.Ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return // the tab was closed
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException {
				t.mu.Lock()
				t.errors = append(t.errors, m.Text+" "+m.URL)
				t.mu.Unlock()
			}
		}
	}()
}

// Screenshot writes a picture of a page at a width into a file.
func Screenshot(tb testing.TB, url string, width int64, path string, options ...TabOption) {
	tb.Helper()
	t := Open(tb, append(options, Width(width))...)
	t.Go(url)
	t.Save(path)
}

// WriteFile makes a file for a form to send.
func WriteFile(tb testing.TB, path, content string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
}
