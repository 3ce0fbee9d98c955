package auth

// Snippet is a way to use an authorization in another program: text that asks
// the console command for a token when it runs, and never holds one.
type Snippet struct {
	ID    string // stable: "curl", "powershell", "python", "r", "powerquery", "go", "javascript", "excel", "git"
	Label string // English, the key of the translation: "Python (requests)"
	// Text is ready to be pasted, the Friendly Name quoted for its language (T46).
	Text string
	// Steps: Text is read by a person, not by a program.
	Steps bool
}
