package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
)

// readWords merges the areas of one language. A key in two areas, or twice in
// one, is an error: somebody would change the wrong one.
func readWords(fsys fs.FS, locale string) (map[string]string, error) {
	areas, err := fs.Glob(fsys, "locale/"+locale+"/*.json")
	if err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", locale, err)
	}
	words, from := map[string]string{}, map[string]string{}
	for _, area := range areas {
		b, err := fs.ReadFile(fsys, area)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", locale, err)
		}
		keys, values, err := pairs(b)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", area, err)
		}
		for i, key := range keys {
			if other, twice := from[key]; twice {
				return nil, fmt.Errorf("catalogue %s: %q is in %s already", area, key, path.Base(other))
			}
			words[key], from[key] = values[i], area
		}
	}
	return words, nil
}

// pairs reads a flat JSON object of strings and keeps repeated keys, which a
// map would hide.
func pairs(b []byte) (keys, values []string, err error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, nil, fmt.Errorf("not an object: %v %w", tok, err)
	}
	for dec.More() {
		var key json.Token
		if key, err = dec.Token(); err != nil {
			return nil, nil, err
		}
		var value string
		if err = dec.Decode(&value); err != nil {
			return nil, nil, fmt.Errorf("%v: %w", key, err)
		}
		name, _ := key.(string)
		keys, values = append(keys, name), append(values, value)
	}
	_, err = dec.Token()
	return keys, values, err
}
