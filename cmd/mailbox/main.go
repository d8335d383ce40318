// Command mailbox runs the principal's mailbox.
package main

func main() {}
