package wechat_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"mailbox/handlers/channel"
	"mailbox/handlers/channel/simulator"
	"mailbox/handlers/channel/wechat"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/workflowtest"
)

type vector struct {
	Token, Timestamp, Nonce, Signature, Encrypt, Echostr string
	Key                                                  string `json:"encodingAESKey"`
	MsgSignature                                         string `json:"msg_signature"`
	ReceiveID                                            string `json:"receiveId"`
	Plain                                                string `json:"expect_plain"`
	XML                                                  string `json:"expect_xml"`
}

func vectors(t *testing.T) map[string]vector {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]vector
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVectors_plainSignature(t *testing.T) {
	v := vectors(t)["wechat_oa_plain_signature"]
	line := channels.Line{Secrets: channels.Secrets{"token": v.Token}}
	open := func(signature string, now time.Time) error {
		r := httptest.NewRequest(http.MethodGet, "/callback/wechat?signature="+signature+"&timestamp="+v.Timestamp+"&nonce="+v.Nonce+"&echostr=4375120948345356249", nil)
		got, err := wechat.Adapter{}.Open(line, channel.NewCallback(r, now))
		if err == nil {
			if _, body := got.Answer(""); string(body) != "4375120948345356249" {
				t.Errorf("answered %q", body)
			}
		}
		return err
	}
	now := time.Unix(1714037059, 0)
	if err := open(v.Signature, now); err != nil {
		t.Errorf("the published signature: %v", err)
	}
	for i := range v.Signature {
		wrong := []byte(v.Signature)
		wrong[i] ^= 1
		if open(string(wrong), now) == nil {
			t.Errorf("a signature changed at %d was taken", i)
		}
	}
	if open(v.Signature, now.Add(channel.Tolerance+time.Second)) == nil {
		t.Error("an old signature was taken")
	}
}

func TestVectors_envelope(t *testing.T) {
	for name, want := range map[string]func(vector) (sealed, plain string){
		"wecom_verify_url":   func(v vector) (string, string) { return v.Echostr, v.Plain },
		"wecom_decrypt_post": func(v vector) (string, string) { return v.Encrypt, v.XML },
	} {
		v := vectors(t)[name]
		sealed, plain := want(v)
		e := channel.Envelope{Token: v.Token, Key: v.Key, Owner: v.ReceiveID}
		if !e.Signed(v.MsgSignature, v.Timestamp, v.Nonce, sealed) {
			t.Errorf("%s: the published signature is refused", name)
		}
		if got, err := e.Open(sealed); err != nil || string(got) != plain {
			t.Errorf("%s: opened %q %v, want %q", name, got, err, plain)
		}
		e.Owner = "wx0000000000000000"
		if _, err := e.Open(sealed); err == nil {
			t.Errorf("%s: another tenant's was opened", name)
		}
	}
}

// TestWatch: a channel on which nothing goes well is announced once, by page and
// mail, within half an hour.
func TestWatch(t *testing.T) {
	p, w, _ := written(t, nil)
	probes := map[workflow.Channel]channels.Probe{workflow.WeChat: w.Voice.(*wechat.Client).Probe}
	p.WeChat.Fail(&simulator.Failure{Status: http.StatusBadGateway})
	for range 40 {
		w.Pass(time.Minute)
		if err := w.Board.Watch(t.Context(), probes); err != nil {
			t.Fatal(err)
		}
	}
	told := func() (n int) {
		all, err := w.Store.PageNotices(t.Context(), w.Clerk.ID, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if one.Kind == workflow.NoticeChannel {
				n++
				if late := one.Queued.Sub(workflowtest.Morning); late > 30*time.Minute {
					t.Errorf("announced after %v", late)
				}
			}
		}
		return n
	}
	if told() != 1 || w.Board.Check(t.Context()) == nil {
		t.Errorf("announced %d times", told())
	}
	p.WeChat.Fail(nil)
	w.Pass(10 * time.Minute)
	if err := w.Board.Watch(t.Context(), probes); err != nil || w.Board.Check(t.Context()) != nil {
		t.Errorf("not well again: %v %v", err, w.Board.Check(t.Context()))
	}
}
