package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tandem/flow"
	"tandem/flow/block"
	"tandem/flow/flowtest"
)

// flowRun walks through a flow in the terminal.
type flowRun struct {
	File       string            `arg:"" help:"The flow: the flow language, or an export of the console."`
	Type       string            `help:"The flow's type if the file does not say." placeholder:"TYPE"`
	Channel    string            `help:"Channel of the contact: VOICE, CHAT, TASK." default:"VOICE" enum:"VOICE,CHAT,TASK,EMAIL"`
	Attributes map[string]string `help:"Contact attributes at the start, such as language=de;vip=yes." placeholder:"KEY=VALUE"`
	From       string            `help:"The customer's number." default:"+12065550100" placeholder:"NUMBER"`
	World      string            `help:"File (JSON) that says what the world around is like; then only the customer is asked. See docs/FLOWS.md." placeholder:"FILE"`
	With       []string          `help:"Flow or module that the flow goes on to, as ID=FILE. Can be repeated." placeholder:"ID=FILE" sep:"none"`
}

// Run implements the command.
func (c *flowRun) Run() error {
	if err := checkType(c.Type); err != nil {
		return err
	}
	f, err := readFlow(c.File, c.Type, nil)
	if err != nil {
		return err
	}
	others, err := otherFlows(c.With)
	if err != nil {
		return err
	}
	world, err := readWorld(c.World)
	if err != nil {
		return err
	}
	if world.Attributes == nil {
		world.Attributes = map[string]string{}
	}
	for key, value := range c.Attributes {
		world.Attributes[key] = value
	}
	if world.CustomerNumber == "" {
		world.CustomerNumber = c.From
	}
	if world.Channel == "" {
		world.Channel = c.Channel
	}
	t := &terminal{World: world, in: bufio.NewScanner(os.Stdin), out: os.Stdout, asks: c.World == ""}
	return t.walk(f, walkable(f, ""), others)
}

// terminal is a person at the terminal: the customer, and the world around
// unless a file says how that is.
type terminal struct {
	*flowtest.World
	in   *bufio.Scanner
	out  io.Writer
	asks bool   // about the world, too
	over bool   // there is no more input
	at   string // type of the block that runs
}

// walk goes through the flow and tells what happens.
func (t *terminal) walk(f *flowFile, start *flowtest.Flow, others []*flowtest.Flow) error {
	blocks := block.Registry()
	fmt.Fprintf(t.out, "%s (%s, %d blocks)\n", f.title(), f.Type, len(f.Document.Actions))
	if n := len(flow.Validate(f.Document, f.Type, blocks, nil)); n > 0 {
		fmt.Fprintf(t.out, "It cannot be published yet, problems: %d; see: tandem flow lint %s\n", n, f.path)
	}
	walk := flowtest.NewWalk(start, t.World, t, others...)
	walk.OnStart = func(in *flowtest.Flow, a flow.Action) {
		t.at = a.Type
		title := a.Type
		if b, ok := blocks.Lookup(a.Type); ok {
			title = b.Title
		}
		where := ""
		if in != start {
			where = " in " + in.Name
		}
		fmt.Fprintf(t.out, "[%s] %s%s\n", a.Identifier, title, where)
	}
	walk.OnPrompt = func(p flow.Prompt) { fmt.Fprintf(t.out, "    %s\n", heard(p)) }
	walk.OnResult = func(r flow.Result) {
		for _, line := range tellActs(r.Acts) {
			fmt.Fprintf(t.out, "    %s\n", line)
		}
		switch {
		case r.Outcome != "" && r.End == flow.EndNone:
			fmt.Fprintf(t.out, "    %s, so to [%s]\n", r.Outcome, r.Next.ActionID)
		case r.Outcome != "":
			fmt.Fprintf(t.out, "    %s\n", r.Outcome)
		}
	}
	for walk.Step() {
		if t.over {
			walk.Stop(flowtest.EndHangUp, "(there is no more input)")
		}
	}
	end, why := walk.Ended()
	_, err := fmt.Fprintf(t.out, "The end: %s\n", flowtest.Ending(end, why))
	return err
}

// heard tells a prompt.
func heard(p flow.Prompt) string {
	if p.PromptID != "" {
		return "plays " + flow.ResourceID(p.PromptID)
	}
	return fmt.Sprintf("says %q", p.Text+p.SSML)
}

// ask asks for one line. Where there is none any more the answer is empty.
func (t *terminal) ask(question string) string {
	fmt.Fprintf(t.out, "  %s ", question)
	if !t.in.Scan() {
		t.over = true
		fmt.Fprintln(t.out)
		return ""
	}
	answer := strings.TrimSpace(t.in.Text())
	if f, ok := t.out.(*os.File); !ok || !isTerminal(f) {
		fmt.Fprintln(t.out, answer) // what comes from a pipe does not show by itself
	}
	return answer
}

// choose asks until the answer begins one of the words; an empty one is the first.
func (t *terminal) choose(question string, words ...string) string {
	for {
		answer := strings.ToLower(t.ask(fmt.Sprintf("%s [%s]", question, strings.Join(words, "/"))))
		if answer == "" {
			return words[0]
		}
		if i := slices.IndexFunc(words, func(word string) bool { return strings.HasPrefix(word, answer) }); i >= 0 {
			return words[i]
		}
		fmt.Fprintf(t.out, "  answer with one of: %s\n", strings.Join(words, ", "))
	}
}

// isTerminal says whether a file is a terminal, which shows what is typed.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
