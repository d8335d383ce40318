package api

// Fields are what each act takes, by its name.
func Fields() map[string][]string {
	out := map[string][]string{}
	for name, a := range acts {
		out[string(name)] = a.fields
	}
	return out
}
