// Package postgres is the workflow's memory in PostgreSQL.
package postgres
