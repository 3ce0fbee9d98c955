package auth

// WithLink lets tests play the machine's network addresses. Call it before Start.
func (e *Engine) WithLink(link func() string) { e.traffic.link = link }
