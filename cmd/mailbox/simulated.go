package main

import (
	"context"
	"regexp"
	"slices"

	"mailbox/handlers/channel/simulator"
	"mailbox/handlers/switchboard"
	"mailbox/workflow"
)

// simulated lets the pages talk with the simulator.
type simulated struct {
	*simulator.Hub
	store workflow.Store
}

// Talk implements switchboard.Simulator.
func (s simulated) Talk(c workflow.Channel, person string) []switchboard.Line {
	var out []switchboard.Line
	for _, l := range s.Hub.Talk(c, person) {
		out = append(out, switchboard.Line(l))
	}
	return out
}

// Acts implements switchboard.Simulator.
func (s simulated) Acts(c workflow.Channel) []string {
	var out []string
	for _, a := range s.Hub.Acts(c) {
		out = append(out, string(a))
	}
	return out
}

// Do implements switchboard.Simulator.
func (s simulated) Do(ctx context.Context, c workflow.Channel, person, act string) error {
	return s.Hub.Do(ctx, c, person, simulator.Act(act))
}

// numbers of cases, as people are told them.
var numbers = regexp.MustCompile(`XZ\d{8}-\d+`)

// mostTold is how many notices are shown.
const mostTold = 5

// Told implements switchboard.Simulator: of the cases the person has heard of.
func (s simulated) Told(ctx context.Context, c workflow.Channel, person string) ([]switchboard.Told, error) {
	var out []switchboard.Told
	var seen []string
	lines := s.Hub.Talk(c, person)
	slices.Reverse(lines)
	for _, l := range lines {
		for _, number := range numbers.FindAllString(l.Text, -1) {
			if l.Mine || slices.Contains(seen, number) {
				continue
			}
			seen = append(seen, number)
			told, err := s.toldOf(ctx, number)
			if err != nil {
				return nil, err
			}
			if out = append(out, told...); len(out) >= mostTold {
				return out[:mostTold], nil
			}
		}
	}
	return out, nil
}

// toldOf are the notices to the writer of one case that were tried, newest first.
func (s simulated) toldOf(ctx context.Context, number string) ([]switchboard.Told, error) {
	k, err := s.store.CaseByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	all, err := s.store.NoticesOf(ctx, k.ID)
	if err != nil {
		return nil, err
	}
	var out []switchboard.Told
	for _, n := range slices.Backward(all) {
		if n.Account != 0 {
			continue
		}
		tries, err := s.store.TriesOf(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		if len(tries) > 0 {
			out = append(out, switchboard.Told{Number: number, Notice: n, Tries: tries})
		}
	}
	return out, nil
}
