package channel

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the platforms' own scheme
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
)

// Envelope is the encryption of WeChat and WeCom callbacks: AES-256-CBC with
// PKCS#7 to blocks of 32, around 16 random bytes, a length, the message and the
// name of the account.
// (developers.weixin.qq.com/doc/oplatform/developers/dev/encryption)
type Envelope struct {
	Token string
	Key   string // EncodingAESKey, 43 characters
	Owner string // app id or corp id
}

// blockSize is what the padding fills up to.
const blockSize = 32

// Signature is the hex SHA-1 of the parts in order of their bytes.
func Signature(parts ...string) string {
	sorted := slices.Sorted(slices.Values(parts))
	sum := sha1.Sum([]byte(strings.Join(sorted, ""))) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// Signed reports in constant time whether signature is that of token and parts.
func (e Envelope) Signed(signature string, parts ...string) bool {
	want := Signature(append([]string{e.Token}, parts...)...)
	return e.Token != "" && subtle.ConstantTimeCompare([]byte(want), []byte(signature)) == 1
}

func (e Envelope) key() ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(e.Key + "=")
	if err != nil || len(key) != 32 {
		return nil, ErrRefused
	}
	return key, nil
}

// Open decrypts. Whatever is wrong is ErrRefused; the signature was checked
// before, so that nobody can ask about the padding.
func (e Envelope) Open(sealed string) ([]byte, error) {
	key, err := e.key()
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(data) == 0 || len(data)%blockSize != 0 {
		return nil, ErrRefused
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrRefused
	}
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(data, data)
	return e.unwrap(data)
}

func (e Envelope) unwrap(data []byte) ([]byte, error) {
	pad := int(data[len(data)-1])
	if pad < 1 || pad > blockSize || !bytes.Equal(data[len(data)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, ErrRefused
	}
	data = data[:len(data)-pad]
	if len(data) < 20 {
		return nil, ErrRefused
	}
	size := int64(binary.BigEndian.Uint32(data[16:20]))
	if size > int64(len(data)-20) {
		return nil, ErrRefused
	}
	message, owner := data[20:20+size], data[20+size:]
	if e.Owner == "" || subtle.ConstantTimeCompare(owner, []byte(e.Owner)) != 1 {
		return nil, ErrRefused
	}
	return message, nil
}

// Seal encrypts a message.
func (e Envelope) Seal(message []byte) (string, error) {
	key, err := e.key()
	if err != nil {
		return "", err
	}
	data := make([]byte, 16, 20+len(message)+len(e.Owner)+blockSize)
	rand.Read(data)                                                  // never fails; see crypto/rand
	data = binary.BigEndian.AppendUint32(data, uint32(len(message))) //nolint:gosec // at most MaxBody
	data = append(append(data, message...), e.Owner...)
	pad := blockSize - len(data)%blockSize
	data = append(data, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", ErrRefused
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(data, data)
	return base64.StdEncoding.EncodeToString(data), nil
}
