package private

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	startWithin  = 90 * time.Second // crash recovery of a busy database takes its time
	stopWithin   = 30 * time.Second // then the server is told to stop at once
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
	steady       = 10 * time.Second // a server that ran this long starts anew without a pause
	earlyExits   = 4                // so many deaths during the first start are no accident
	pollEvery    = 10 * time.Millisecond
	maxLog       = 16 << 20
)

// process is a server program that is started again whenever it ends, until stop.
type process struct {
	name    string
	home    *home
	options Options
	path    string
	args    []string
	polite  syscall.Signal // asks the server to stop
	firm    syscall.Signal // makes it stop without losing what it promised
	// ready reports nil when the server answers.
	ready func(context.Context) error

	running  atomic.Pointer[os.Process] // nil while it is down
	exits    chan error                 // deaths, as far as somebody listens
	stopping chan struct{}
	stopOnce sync.Once
	done     chan struct{}
}

// start runs the server and returns when it answers.
func (p *process) start(ctx context.Context) error {
	p.exits = make(chan error, earlyExits)
	p.stopping = make(chan struct{})
	p.done = make(chan struct{})
	p.options.progress(StepStart)
	go p.keep()
	if err := p.awaitReady(ctx); err != nil {
		return errors.Join(fmt.Errorf("start %s: %w", p.name, err), p.stop())
	}
	return nil
}

func (p *process) awaitReady(ctx context.Context) error {
	deaths := 0
	for {
		err := p.ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w (%w)", ctx.Err(), err)
		case exit := <-p.exits:
			if deaths++; deaths == earlyExits {
				return fmt.Errorf("it ended: %w: %s", exit, p.lastWords())
			}
		case <-time.After(pollEvery):
		}
	}
}

// keep starts the server and waits for it, again and again. The kernel signals
// the child when the thread that started it ends, not when the process does
// (golang/go#27505), so this goroutine keeps one thread to itself to the end.
func (p *process) keep() {
	runtime.LockOSThread()
	defer close(p.done)
	pause := firstPause
	for {
		calm := time.NewTimer(steady)
		err := p.runOnce()
		if p.isStopping() {
			return
		}
		p.options.log().Warn("private server ended, starting it again", "server", p.name, "err", err)
		select {
		case p.exits <- err:
		default:
		}
		select {
		case <-calm.C:
			pause = firstPause
		default:
		}
		select {
		case <-p.stopping:
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

func (p *process) runOnce() error {
	out, err := p.openLog()
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	cmd := p.home.command(p.path, p.args...)
	cmd.SysProcAttr.Pdeathsig = p.polite
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{p.home.served} // the lock lives as long as the last server process
	if err := cmd.Start(); err != nil {
		return err
	}
	p.running.Store(cmd.Process)
	if p.isStopping() { // stop may have looked for the process just before it was there
		_ = cmd.Process.Signal(p.polite)
	}
	err = cmd.Wait()
	p.running.Store(nil)
	return err
}

// ended is closed when the server has been stopped for good; nil for none.
func (p *process) ended() <-chan struct{} {
	if p == nil {
		return nil
	}
	return p.done
}

// stop ends the server and returns when it is gone.
func (p *process) stop() error {
	p.stopOnce.Do(func() { close(p.stopping) })
	p.signal(p.polite)
	select {
	case <-p.done:
		return nil
	case <-time.After(stopWithin):
	}
	p.signal(p.firm)
	<-p.done
	return fmt.Errorf("%s did not stop within %s and was made to", p.name, stopWithin)
}

func (p *process) isStopping() bool {
	select {
	case <-p.stopping:
		return true
	default:
		return false
	}
}

func (p *process) signal(s syscall.Signal) {
	if running := p.running.Load(); running != nil {
		_ = running.Signal(s) // it may just have ended
	}
}

func (p *process) pid() int {
	if p == nil {
		return 0
	}
	if running := p.running.Load(); running != nil {
		return running.Pid
	}
	return 0
}

// openLog opens the server's log, setting a long one aside.
func (p *process) openLog() (*os.File, error) {
	path := p.home.logFile()
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // a name we made
}

// lastWords is the end of the server's log, for an error message.
func (p *process) lastWords() string {
	b, err := os.ReadFile(p.home.logFile())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}

// command prepares a program to run as the owner of h, in a group of its own
// so that Ctrl-C in a terminal reaches us first.
func (h *home) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...) //nolint:gosec,noctx // a server found on this machine; it is ended by a signal it understands, not by a context
	cmd.Dir = h.dir
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=" + h.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.owner.credential(), Setpgid: true, Pdeathsig: syscall.SIGTERM}
	return cmd
}

// runTool runs a short program to its end and returns what it said.
func (h *home) runTool(path string, args ...string) (string, error) {
	runtime.LockOSThread() // see keep
	defer runtime.UnlockOSThread()
	out, err := h.command(path, args...).CombinedOutput()
	return string(out), err
}
