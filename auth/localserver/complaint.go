package localserver

// complaint is an error whose text stands beside a field of a form.
type complaint string

// Error implements error.
func (c complaint) Error() string { return string(c) }
