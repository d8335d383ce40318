package redisdb

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// parse reads an address of one of these forms:
//
//	redis://user:password@host:6379/0             one server
//	rediss://host:6380/0                          one server, by TLS
//	unix:///run/redis.sock?db=0                   one server on this machine
//	redis+sentinel://:password@host1:26379,host2:26379/mymaster/0
//	redis+cluster://:password@host1:6379,host2:6379
//
// The last two take ?tls=true; sentinels with a password of their own take
// ?sentinel_password=.
func parse(address string) (*redis.UniversalOptions, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return nil, errors.New("a Redis address begins with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://")
	}
	var o *redis.UniversalOptions
	var err error
	switch scheme {
	case "redis", "rediss", "unix":
		o, err = single(address)
	case "redis+sentinel", "redis+cluster":
		o, err = several(scheme, rest)
	default:
		return nil, fmt.Errorf("unknown kind of Redis address %q", scheme)
	}
	if err != nil {
		return nil, err
	}
	o.DialTimeout, o.DialerRetries = dialWithin, 1
	o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = callWithin, callWithin, callWithin
	o.ContextTimeoutEnabled = true
	o.MaxRetries = 1
	return o, nil
}

// single leaves the reading to go-redis. Its errors may quote the address,
// which holds the password, so they are not passed on.
func single(address string) (*redis.UniversalOptions, error) {
	one, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("the Redis address cannot be read")
	}
	return &redis.UniversalOptions{
		Addrs: []string{one.Addr}, DB: one.DB, Username: one.Username, Password: one.Password,
		TLSConfig: one.TLSConfig,
	}, nil
}

// several reads an address of more than one host, which net/url does not know.
func several(scheme, rest string) (*redis.UniversalOptions, error) {
	authority, tail, _ := cutAny(rest, "/?")
	user, hosts, found := cutLast(authority, "@")
	if !found {
		user, hosts = "", authority
	}
	u, err := url.Parse("redis://" + user + "@several" + tail)
	if err != nil || hosts == "" {
		return nil, errors.New("the Redis address cannot be read")
	}
	o := &redis.UniversalOptions{Addrs: strings.Split(hosts, ","), Username: u.User.Username()}
	o.Password, _ = u.User.Password()
	o.SentinelPassword = u.Query().Get("sentinel_password")
	if u.Query().Get("tls") == "true" {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if scheme == "redis+cluster" {
		o.IsClusterMode = true
		return o, nil
	}
	return o, master(o, strings.Trim(u.Path, "/"))
}

// master reads mymaster/0.
func master(o *redis.UniversalOptions, path string) error {
	name, number, _ := strings.Cut(path, "/")
	if name == "" {
		return errors.New("a redis+sentinel:// address names its master after the hosts: …/mymaster")
	}
	o.MasterName = name
	if number == "" {
		return nil
	}
	var err error
	if o.DB, err = strconv.Atoi(number); err != nil {
		return errors.New("the database of a redis+sentinel:// address is a number")
	}
	return nil
}

// cutAny cuts s before the first of chars; the tail keeps it.
func cutAny(s, chars string) (before, tail string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", false
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
