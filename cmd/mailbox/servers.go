package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"mailbox/repository/blob"
	"mailbox/repository/postgres"
	"mailbox/repository/private"
	"mailbox/repository/redisdb"
)

// database is the name of the database in a private cluster.
const database = "mailbox"

// servers are PostgreSQL, Redis and the attachment store, ours or given.
type servers struct {
	dsn      string
	redisURL string
	store    *postgres.Store
	redis    *redisdb.DB
	blobs    *blob.Store
	warning  string // catalogue key of what an administrator must know, or ""
	stops    []func() error
}

// openServers opens what the settings name and starts what they do not.
// progress is told what is being waited for, as catalogue keys.
func openServers(ctx context.Context, c *Config, w world, log *slog.Logger, progress func(string)) (s *servers, err error) {
	s = &servers{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := s.openPostgres(ctx, c, w, log, progress); err != nil {
		return s, err
	}
	if err := s.openRedis(ctx, c, log, progress); err != nil {
		return s, err
	}
	if s.blobs, err = blob.New(filepath.Join(c.Data, "files"), w.Now); err != nil {
		return s, fmt.Errorf("attachments: %w", err)
	}
	s.stops = append(s.stops, s.blobs.Close)
	return s, nil
}

func (s *servers) openPostgres(ctx context.Context, c *Config, w world, log *slog.Logger, progress func(string)) error {
	s.dsn = string(c.DatabaseURL)
	if s.dsn == "" {
		p, err := private.StartPostgres(ctx, private.Options{Dir: filepath.Join(c.Data, "postgres"), Log: log, Progress: progress, Join: c.join})
		if err != nil {
			return fmt.Errorf("private postgres: %w", err)
		}
		s.stops = append(s.stops, p.Stop)
		if s.dsn, err = p.Database(ctx, database); err != nil {
			return fmt.Errorf("private postgres: %w", err)
		}
	}
	store, err := postgres.Open(ctx, s.dsn, w.Now)
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	s.store = store
	s.stops = append(s.stops, store.Close)
	return nil
}

func (s *servers) openRedis(ctx context.Context, c *Config, log *slog.Logger, progress func(string)) error {
	url := string(c.RedisURL)
	if url == "" {
		r, err := private.StartRedis(ctx, private.Options{Dir: filepath.Join(c.Data, "redis"), Log: log, Progress: progress, Join: c.join})
		if err != nil {
			return fmt.Errorf("private redis: %w", err)
		}
		s.stops = append(s.stops, r.Stop)
		url, s.warning = r.URL(), r.Warning()
	}
	s.redisURL = url
	db, err := redisdb.Open(url)
	if err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	s.redis = db
	s.stops = append(s.stops, db.Close)
	return nil
}

// close ends everything in the order opposite to its beginning.
func (s *servers) close() error {
	var errs []error
	for i := len(s.stops) - 1; i >= 0; i-- {
		errs = append(errs, s.stops[i]())
	}
	s.stops = nil
	return errors.Join(errs...)
}
