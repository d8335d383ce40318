package redisdb

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		url, addrs, user, password, master string
		db                                 int
		tls, cluster                       bool
	}{
		{url: "redis://host", addrs: "host:6379"},
		{url: "redis://u:p%40ss@host:7000/3", addrs: "host:7000", user: "u", password: "p@ss", db: 3},
		{url: "rediss://host:6380", addrs: "host:6380", tls: true},
		{url: "unix:///run/redis.sock?db=2", addrs: "/run/redis.sock", db: 2},
		{url: "redis+sentinel://a:1,b:2/boss", addrs: "a:1 b:2", master: "boss"},
		{url: "redis+sentinel://:p@a:1,b:2/boss/4?tls=true", addrs: "a:1 b:2", password: "p", master: "boss", db: 4, tls: true},
		{url: "redis+cluster://u:p@a:1,b:2,c:3", addrs: "a:1 b:2 c:3", user: "u", password: "p", cluster: true},
		{url: "redis+cluster://a:1?tls=true", addrs: "a:1", tls: true, cluster: true},
	}
	for _, test := range tests {
		o, err := parse(test.url)
		if err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		if !slices.Equal(o.Addrs, strings.Fields(test.addrs)) || o.Username != test.user || o.Password != test.password ||
			o.MasterName != test.master || o.DB != test.db || (o.TLSConfig != nil) != test.tls || o.IsClusterMode != test.cluster {
			t.Errorf("%s is read as %+v", test.url, o)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, url := range []string{"", "host:6379", "http://host", "redis://:secret@host:port:x", "redis+sentinel://:secret@a:1", "redis+sentinel://:secret@a:1/boss/x", "redis+cluster://", "redis+cluster://:secret%zz@a:1"} {
		o, err := parse(url)
		if err == nil {
			t.Errorf("%q is read as %+v", url, o)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
