package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/channel/oa"
	"mailbox/handlers/channel/qq"
	"mailbox/handlers/channel/simulator"
	"mailbox/handlers/channel/wechat"
	"mailbox/handlers/channel/wecom"
	"mailbox/handlers/public"
	"mailbox/handlers/switchboard"
	"mailbox/handlers/todos"
	"mailbox/handlers/web"
	"mailbox/repository/spool"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/casework"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/rules"
	"mailbox/workflow/todo"
)

// chats are the platforms people write through.
type chats struct {
	board   *channels.Board
	chat    *intake.Chat
	wechat  *wechat.Client
	oa      *oa.Client
	todos   *todo.Todos
	wecom   *wecom.Client
	qq      *qq.Client
	replies chan reply // that wait to be said
	connect string     // where WeCom says who its reader is
	phrases channel.Phrases
	probes  map[workflow.Channel]channels.Probe
	hub     *simulator.Hub // nil but in a demonstration
	ends    []simulator.End
	tally   *channels.Tally
	count   func(outcome string)
}

// joinChats makes the use cases of the platforms. It comes after joinMail.
func (a *app) joinChats(c *Config) error {
	kept, err := spool.New(filepath.Join(c.Data, "spool"))
	if err != nil {
		return err
	}
	a.stops = append(a.stops, kept.Close)
	ch := &chats{connect: wecom.Connect, replies: make(chan reply, mostReplies), board: channels.New(a.desk, a.vault), tally: channels.NewTally(), count: func(string) {}}
	ch.phrases = channel.Phrases{Words: a.words, URL: strings.TrimRight(c.PublicURL, "/"), Zone: c.zone}
	tokens := channel.NewTokens(a.redis, func(b []byte) []byte { return a.vault.SealFor("tokens", b) },
		func(b []byte) ([]byte, error) { return a.vault.OpenFor("tokens", b) }, a.desk.Now)
	ch.wechat = &wechat.Client{
		API: c.platform(workflow.WeChat, wechat.Host), Lines: ch.board, Tokens: tokens, Words: ch.phrases, Now: a.desk.Now, News: a.news(ch.board, workflow.WeChat),
	}
	ch.wecom = &wecom.Client{
		API: c.platform(workflow.WeCom, wecom.Host), Lines: ch.board, Tokens: tokens, Words: ch.phrases, Now: a.desk.Now, News: a.news(ch.board, workflow.WeCom),
	}
	ch.qq = &qq.Client{
		API: c.platform(workflow.QQ, qq.Host), Auth: c.platform(workflow.QQ, qq.AuthHost), FileHosts: qq.FileHosts,
		Lines: ch.board, Tokens: tokens, Words: ch.phrases, Now: a.desk.Now, News: a.news(ch.board, workflow.QQ),
	}
	ch.oa = &oa.Client{Lines: ch.board, Tokens: tokens, Words: ch.phrases, Now: a.desk.Now, News: a.news(ch.board, workflow.OA)}
	ch.todos = todo.New(a.desk, ch.oa)
	ch.probes = map[workflow.Channel]channels.Probe{
		workflow.WeChat: ch.wechat.Probe, workflow.WeCom: ch.wecom.Probe, workflow.QQ: ch.qq.Probe, workflow.OA: ch.oa.Probe,
	}
	a.courier.Voices = map[workflow.Channel]delivery.Voice{workflow.WeChat: ch.wechat, workflow.WeCom: ch.wecom, workflow.QQ: ch.qq, workflow.OA: ch.oa}
	a.courier.Boards = map[workflow.Channel]delivery.Board{workflow.WeCom: ch.wecom}
	a.courier.Lines, a.courier.Person = ch.board.Settings, a.person
	ch.chat = intake.NewChat(intake.ChatDeps{
		Intake: a.intake, Vault: a.vault, Blobs: a.blobs, Spool: kept, Track: a.cases.Track, Returned: a.courier.Bounced, Crisis: a.crisis,
		Media: map[workflow.Channel]intake.Media{workflow.WeChat: ch.wechat, workflow.WeCom: ch.wecom, workflow.QQ: ch.qq, workflow.OA: oa.Inline{}},
		Clean: channel.Clean, Follow: followChat(a.codes, a.redis, a.vault),
	})
	a.chats = ch
	return nil
}

// platform is the interface of a platform, behind the gateway if there is one.
func (c *Config) platform(of workflow.Channel, host string) *channel.API {
	if c.PlatformsURL != "" {
		host = strings.TrimRight(c.PlatformsURL, "/") + "/" + string(of)
	}
	return channel.NewAPI(host)
}

// person opens who somebody is on a platform, for the courier.
func (a *app) person(v workflow.Conversation) (workflow.PlatformID, error) {
	b, err := a.vault.OpenFor(intake.SealPerson, v.Sealed)
	return workflow.PlatformID(b), err
}

// news notes what a platform did; that it cannot be noted is no reason not to
// go on.
func (a *app) news(board *channels.Board, c workflow.Channel) func(context.Context, workflow.ChannelNews) {
	return func(ctx context.Context, n workflow.ChannelNews) {
		if err := board.News(context.WithoutCancel(ctx), c, n); err != nil {
			a.log.WarnContext(ctx, "news of a channel not noted", "channel", c, "err", err)
		}
	}
}

// crisis is the college's list of words that make a letter urgent.
func (a *app) crisis(ctx context.Context) (intake.CrisisWords, error) {
	settings, err := a.store.Settings(ctx)
	return intake.ParseCrisisWords(settings[rules.CrisisWords]), err
}

// followChat adds what a writer says to their case.
func followChat(codes workflow.Codes, limiter workflow.Limiter, vault *access.Vault) func(context.Context, *workflow.Desk, int64, intake.ChatWord) error {
	return func(ctx context.Context, desk *workflow.Desk, caseID int64, w intake.ChatWord) error {
		_, err := casework.New(desk, codes, limiter, vault).Say(ctx, workflow.ByWriter(caseID), caseID, casework.Word{
			Action: workflow.MarkAdd, Body: w.Body, Files: w.Files, Channel: w.Channel, External: w.External,
		})
		return err
	}
}

// callbacks are where the platforms call us.
func (a *app) callbacks() []web.Route {
	deps := channel.Deps{
		Lines: a.chats.board, Chat: a.chats.chat, Once: a.redis, Words: a.chats.phrases, Now: a.desk.Now, Log: a.log,
		Count: a.countCallback, Speak: a.speak,
	}
	var out []web.Route
	for _, adapter := range []channel.Adapter{wechat.Adapter{}, wecom.Adapter{}, qq.Adapter{}, oa.Adapter{}} {
		door := channel.NewDoor(deps, adapter)
		serve := func(c *web.Context) error {
			door.ServeHTTP(c.Writer, c.Request)
			return nil
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			out = append(out, web.Route{
				Method: method, Path: "/callback/" + string(adapter.Channel()), Who: web.Anyone, MaxBody: channel.MaxBody + 1, API: true, Handler: serve,
			})
		}
	}
	return out
}

// countCallback counts what came of a callback, for the machine that watches us
// and for the page about channels.
func (a *app) countCallback(outcome string) {
	a.chats.count(outcome)
	if channel, came, ok := strings.Cut(outcome, ":"); ok {
		a.chats.tally.Count(workflow.Channel(channel), came)
	}
}

func (a *app) saveTally(ctx context.Context) error {
	return a.chats.board.SaveTally(ctx, a.chats.tally)
}

// wecomDoor lets staff in from WeCom.
func (a *app) wecomDoor(everybody *public.Pages) []web.Route {
	door := &wecom.Door{Client: a.chats.wecom, Staff: a.door, Once: a.redis, Connect: a.chats.connect, Enter: everybody.Enter}
	return door.Routes()
}

// clearCards takes back what staff have done.
func (a *app) clearCards(ctx context.Context) error {
	_, err := a.courier.Clear(ctx)
	return err
}

// switchboard is the pages about channels.
func (a *app) switchboard() *switchboard.Pages {
	d := switchboard.Deps{Board: a.chats.board, Retry: a.chats.chat.Retry, Test: a.testChannel}
	if a.chats.hub != nil {
		d.Simulator, d.Prove = simulated{a.chats.hub, a.store}, a.door.Prove
	}
	return switchboard.New(d)
}

// testChannel sends one message to somebody an administrator names.
func (a *app) testChannel(ctx context.Context, c workflow.Channel, to workflow.PlatformID) workflow.SendResult {
	voice, ok := a.courier.Voices[c]
	if !ok {
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.ChannelOff}
	}
	if c == workflow.QQ { // it lets nobody be spoken to who has not just spoken
		return a.testReply(ctx, c, to)
	}
	r, _ := voice.Speak(ctx, delivery.Speech{Step: workflow.StepChat, Person: to, Mail: delivery.Mail{Kind: channel.Test, Locale: "zh-CN"}})
	return r
}

// takeCalls takes up what was not done while a platform waited.
func (a *app) takeCalls(ctx context.Context) error {
	if err := a.chats.chat.Unspool(ctx); err != nil {
		return err
	}
	for {
		n, err := a.chats.chat.Sort(ctx, mailsAtOnce)
		if err != nil || n < mailsAtOnce {
			return err
		}
	}
}

func (a *app) watchChannels(ctx context.Context) error {
	return a.chats.board.Watch(ctx, a.chats.probes)
}

// simulate connects every channel to a platform of our own, for the
// demonstration: no call leaves the machine.
func (a *app) simulate(ctx context.Context, run func(string, func(context.Context) error)) error {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	base := "http://" + ln.Addr().String()
	bot := simulator.NewQQ(a.desk.Now)
	bot.Base = base + "/" + string(workflow.QQ)
	a.chats.qq.API, a.chats.qq.Auth, a.chats.qq.FileHosts = channel.NewAPI(bot.Base), channel.NewAPI(bot.Base), []string{base}
	office := simulator.NewOA(a.desk.Now)
	office.Base, office.Mapping = base+"/"+string(workflow.OA), todos.Preset("weaver")
	corporation := simulator.NewWeCom(a.desk.Now)
	if err := a.enrol(ctx, corporation); err != nil {
		return errors.Join(err, ln.Close())
	}
	a.chats.ends, a.chats.connect = []simulator.End{simulator.NewWeChat(a.desk.Now), corporation, bot, office}, switchboard.ConnectPath
	a.chats.hub = simulator.NewHub(a.desk.Now, a.chats.ends...)
	a.chats.wechat.API = channel.NewAPI(base + "/" + string(workflow.WeChat))
	a.chats.wecom.API = channel.NewAPI(base + "/" + string(workflow.WeCom))
	server := &http.Server{Handler: a.chats.hub, ReadHeaderTimeout: 10 * time.Second}
	run("simulator", func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // nothing of it is to be kept
		defer stop()
		if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return a.connectSimulated(ctx)
}

// connectSimulated sets the channels up as the simulator's ends are.
func (a *app) connectSimulated(ctx context.Context) error {
	for _, end := range a.chats.ends {
		config, secrets := end.Settings()
		if err := a.connect(ctx, end.Channel(), config, secrets); err != nil {
			return err
		}
	}
	return nil
}

// connect sets a channel up.
func (a *app) connect(ctx context.Context, c workflow.Channel, config, secrets map[string]string) error {
	shown, err := a.chats.board.Show(ctx, terminal, c)
	if err != nil {
		return err
	}
	err = a.chats.board.Save(ctx, terminal, c, channels.Change{Enabled: true, Config: config, Secrets: secrets, Version: shown.Version})
	if err != nil {
		return fmt.Errorf("set up %s: %w", c, err)
	}
	return nil
}
