package private

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A missing program is one clear line that says what to install.
var (
	errNoPostgres = errors.New("PostgreSQL is not installed: apt-get install postgresql, or set DATABASE_URL")
	errNoRedis    = errors.New("Redis is not installed: apt-get install redis-server, or set REDIS_URL")
)

// searchPath lists the directories that may hold PostgreSQL's programs: those
// of Debian's packages, newest first, then wherever the search path leads.
func searchPath() []string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	slices.SortFunc(dirs, func(a, b string) int { return packaged(b) - packaged(a) })
	if p, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(p))
	}
	return dirs
}

// packaged is the 15 of /usr/lib/postgresql/15/bin; it only orders the search.
func packaged(bin string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	if err != nil {
		return 0
	}
	return n
}

// findPostgres returns the first of dirs whose programs are of the major
// version wanted, or of any version when wanted is "".
func findPostgres(dirs []string, wanted string) (string, error) {
	var found []string
	for _, dir := range dirs {
		major, err := majorVersion(dir)
		if err != nil {
			continue
		}
		if wanted == "" || major == wanted {
			return dir, nil
		}
		found = append(found, major)
	}
	if len(found) == 0 {
		return "", errNoPostgres
	}
	return "", fmt.Errorf("the data was written by PostgreSQL %s, but this machine has %s: apt-get install postgresql-%s, or move the data with pg_upgrade; it is left as it is",
		wanted, strings.Join(found, " and "), wanted)
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorVersion asks the programs themselves: a path may lie.
func majorVersion(bin string) (string, error) {
	if _, err := exec.LookPath(filepath.Join(bin, "initdb")); err != nil {
		return "", err
	}
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output() //nolint:gosec,noctx // a program found on this machine that answers at once
	if err != nil {
		return "", err
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("unknown version %q", out)
	}
	return string(m[1]), nil
}
