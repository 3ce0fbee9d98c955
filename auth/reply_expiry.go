package auth

import (
	"encoding/json"
	"math"
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
// is a custom for "not said". What the service says in another place counts
// where expires_in says nothing usable.
func replyExpiry(reply replyPair, raw rawReply) Expiry {
	value, there := reply.holder["expires_in"]
	there = there && value != nil && value != ""
	seconds, usable := replySeconds(value)
	usable = usable && seconds != -1
	switch {
	case usable && seconds == 0 && replyHasQuirk(raw.quirks, QuirkZeroMeansNever):
		return Expiry{Rule: ExpiryNever}
	case usable && seconds > 0, usable && !raw.never:
		return replyReported(seconds, raw.at)
	}
	if end, ok := replyEnd(reply, raw.quirks); ok {
		return replyReported(end.Sub(raw.at).Seconds(), raw.at)
	}
	if raw.never || !there && replyHasQuirk(raw.quirks, QuirkNoExpiryMeansNever) {
		return Expiry{Rule: ExpiryNever}
	}
	return Expiry{Rule: ExpiryNotReported, At: raw.at.Add(replyAssumedLifetime), Lifetime: replyAssumedLifetime}
}

// replyReported is the expiry of a token that lives so many seconds from at on.
func replyReported(seconds float64, at time.Time) Expiry {
	lifetime := replyLifetime(seconds)
	return Expiry{Rule: ExpiryReported, At: at.Add(lifetime), Lifetime: lifetime}
}

// replyLifetime bounds a number of seconds and drops their fraction.
func replyLifetime(seconds float64) time.Duration {
	if seconds >= replyMaxLifetime.Seconds() {
		return replyMaxLifetime
	}
	return time.Duration(max(seconds, 0)) * time.Second
}

// replyEnd finds the time at which the access token ends where a quirk says
// that it stands: in a member of the reply, or inside the token.
func replyEnd(reply replyPair, quirks []Quirk) (end time.Time, ok bool) {
	for _, q := range quirks {
		switch q.ID {
		case QuirkExpiresAt:
			end, ok = replyTime(reply.at(q.Params["member"]))
		case QuirkExpiryFromJWT:
			parts, _ := readJWT(NewSecret(reply.holder.text("access_token")))
			end, ok = parts.claims.time("exp")
		}
		if ok {
			return end, true
		}
	}
	return time.Time{}, false
}

// replyLayouts are the spellings of a time (ISO 8601) that services use; one
// without an offset is UTC.
var replyLayouts = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05"}

// replyMillis is from where on a number of a time counts milliseconds: as
// seconds it would lie beyond the year 5000.
const replyMillis = 1e11

// replyTime reads a point in time: ISO 8601 or seconds since 1970.
func replyTime(value any) (at time.Time, ok bool) {
	if seconds, number := replySeconds(value); number {
		if seconds >= replyMillis {
			seconds /= 1000
		}
		if seconds <= 0 || seconds > claimsMaxTime {
			return time.Time{}, false
		}
		return time.Unix(int64(seconds), 0), true
	}
	written, _ := value.(string)
	for _, layout := range replyLayouts {
		if at, err := time.Parse(layout, strings.TrimSpace(written)); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// replySignIn is how long the sign-in lasts, as QuirkRefreshExpiresIn finds it;
// 0: not said. Nothing, and less, is not an end: some services write 0 for none.
func replySignIn(reply replyPair, quirks []Quirk) time.Duration {
	for _, q := range quirks {
		if q.ID == QuirkRefreshExpiresIn {
			seconds, _ := replySeconds(reply.at(q.Params["member"]))
			return replyLifetime(seconds)
		}
	}
	return 0
}

// replyNumber is a number as JSON spells it (RFC 8259 section 6).
var replyNumber = pattern(`^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,10})?$`)

// replySeconds reads a number of seconds, infinite when it is beyond float64.
func replySeconds(value any) (seconds float64, ok bool) {
	text := ""
	switch value := value.(type) {
	case json.Number:
		text = value.String()
	case string:
		text = strings.TrimSpace(value)
	}
	if whole, err := strconv.ParseUint(text, 10, 53); err == nil { // as nearly all write it: the pattern takes 50 times as long
		return float64(whole), true
	}
	if !replyNumber().MatchString(text) {
		return 0, false
	}
	// The only error left is a number out of range, which comes as ±Inf.
	seconds, _ = strconv.ParseFloat(text, 64)
	return seconds, !math.IsNaN(seconds)
}
