package auth

// Relocated is Authorization.at, for tests.
func Relocated(a Authorization, e Endpoints) Authorization { return a.at(e) }
