package auth

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// replyMaxLifetime caps what a server reports.
	replyMaxLifetime = 10 * 365 * 24 * time.Hour
	// replyAssumedLifetime stands in where nothing usable was reported; the
	// truth is learnt from a 401.
	replyAssumedLifetime = time.Hour
)

// replyExpiry judges expires_in (T34): a number in any JSON spelling, also
// inside a string. Zero and below is a token that has run out already, but -1
// is a custom for "not said".
func replyExpiry(members replyMembers, raw rawReply) Expiry {
	value, there := members["expires_in"]
	there = there && value != nil && value != ""
	seconds, usable := replySeconds(value)
	usable = usable && seconds != -1
	switch {
	case usable && seconds > 0, usable && !raw.never:
		lifetime := replyMaxLifetime
		if seconds < replyMaxLifetime.Seconds() {
			lifetime = time.Duration(max(seconds, 0)) * time.Second
		}
		return Expiry{Rule: ExpiryReported, At: raw.at.Add(lifetime), Lifetime: lifetime}
	case raw.never, !there && replyHasQuirk(raw.quirks, QuirkNoExpiryMeansNever):
		return Expiry{Rule: ExpiryNever}
	default:
		return Expiry{Rule: ExpiryNotReported, At: raw.at.Add(replyAssumedLifetime), Lifetime: replyAssumedLifetime}
	}
}

// replyNumber is a number as JSON spells it (RFC 8259 section 6).
var replyNumber = regexp.MustCompile(`^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,10})?$`)

// replySeconds reads a number of seconds, infinite when it is beyond float64.
func replySeconds(value any) (seconds float64, ok bool) {
	text := ""
	switch value := value.(type) {
	case json.Number:
		text = value.String()
	case string:
		text = strings.TrimSpace(value)
	}
	if !replyNumber.MatchString(text) {
		return 0, false
	}
	// The only error left is a number out of range, which comes as ±Inf.
	seconds, _ = strconv.ParseFloat(text, 64)
	return seconds, !math.IsNaN(seconds)
}
