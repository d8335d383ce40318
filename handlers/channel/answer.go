package channel

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"time"
)

// Nothing is the answer to WeChat and WeCom that says nothing to the person.
const Nothing = "success"

// TextMessage is a message to a person in the XML of WeChat and WeCom.
func TextMessage(to, from, words string, at time.Time) []byte {
	return fmt.Appendf(nil, "<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime><MsgType>%s</MsgType><Content>%s</Content></xml>",
		CDATA(to), CDATA(from), at.Unix(), CDATA("text"), CDATA(words))
}

// Answer seals a message as the answer to a callback that came sealed, with a
// time and a nonce of its own.
func (e Envelope) Answer(message []byte, at time.Time) ([]byte, error) {
	sealed, err := e.Seal(message)
	if err != nil {
		return nil, err
	}
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), rand.Text()[:16]
	return fmt.Appendf(nil, "<xml><Encrypt>%s</Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>%s</TimeStamp><Nonce>%s</Nonce></xml>",
		CDATA(sealed), CDATA(Signature(e.Token, stamp, nonce, sealed)), stamp, CDATA(nonce)), nil
}

// Unseal opens such an answer as the platform does.
func (e Envelope) Unseal(answer []byte) ([]byte, error) {
	f, err := Fields(answer)
	if err != nil || !e.Signed(One(f, "MsgSignature"), One(f, "TimeStamp"), One(f, "Nonce"), One(f, "Encrypt")) {
		return nil, ErrRefused
	}
	return e.Open(One(f, "Encrypt"))
}

// One is the first of the fields of that name, or "".
func One(f map[string][]string, name string) string {
	if len(f[name]) == 0 {
		return ""
	}
	return f[name][0]
}
