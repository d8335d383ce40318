package webhook

// Control is what is asked before each connection.
func (s *Sender) Control(address string) error { return s.control("tcp", address, nil) }
