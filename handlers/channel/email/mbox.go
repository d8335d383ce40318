package email

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// mboxMail is one mail of an mbox.
type mboxMail struct {
	line  int // of the file, where it begins
	raw   []byte
	large bool // there is more of it than anybody sends: raw is empty
}

// mboxReader takes an mbox apart, line by line.
type mboxReader struct {
	take  func(mboxMail) error
	now   mboxMail
	blank bool // the line before was empty, or there was none
	line  int
}

// splitMbox gives each mail of an mbox to take. What stands before the first
// line that begins a mail is a piece as well, for nothing is lost silently. A
// file of a single mail is one piece, whatever is in it.
func splitMbox(r io.Reader, single bool, take func(mboxMail) error) error {
	s := &mboxReader{take: take, blank: true, now: mboxMail{line: 1}}
	b := bufio.NewReaderSize(r, 64<<10)
	whole := true // the part at hand begins a line
	for {
		part, err := b.ReadSlice('\n')
		if len(part) > 0 {
			if e := s.part(part, whole, single); e != nil {
				return e
			}
		}
		whole = err == nil
		switch {
		case errors.Is(err, bufio.ErrBufferFull), err == nil:
		case errors.Is(err, io.EOF):
			return s.end()
		default:
			return err
		}
	}
}

// part takes a line, or of a very long one some of it.
func (s *mboxReader) part(part []byte, begins, single bool) error {
	if !begins {
		s.keep(part)
		return nil
	}
	s.line++
	blank := len(bytes.TrimRight(part, "\r\n")) == 0
	if !single && s.blank && mboxLine.Match(part) {
		s.blank = false
		err := s.end()
		s.now = mboxMail{line: s.line}
		return err
	}
	s.blank = blank
	if !single {
		part = unquoted(part)
	}
	s.keep(part)
	return nil
}

// unquoted is a line as it was sent: one that begins with "From ", behind any
// number of marks, was given one more mark to be told from the beginning of a
// mail.
func unquoted(line []byte) []byte {
	if line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line[1:]
	}
	return line
}

func (s *mboxReader) keep(part []byte) {
	if s.now.large {
		return
	}
	if len(s.now.raw)+len(part) > maxArchived {
		s.now.raw, s.now.large = nil, true
		return
	}
	s.now.raw = append(s.now.raw, part...)
}

func (s *mboxReader) end() error {
	if !s.now.large && len(bytes.TrimSpace(s.now.raw)) == 0 {
		return nil
	}
	return s.take(s.now)
}
