// Package web is the HTTP edge that every audience shares.
package web
