package auth

import "time"

// signInEnds is until about when refreshing will work after a reply: as the
// reply says, else as the service's data says. stored is what was known before a
// refresh; begins tells that the reply ends a sign-in, from which a fixed
// lifetime counts. Zero: not known, or no end.
func signInEnds(svc Service, a Authorization, reply Reply, stored time.Time, begins bool) time.Time {
	if reply.SignInLasts > 0 {
		return reply.At.Add(reply.SignInLasts)
	}
	life := svc.SignInLifetime(a.Params)
	end := reply.At.Add(replyLifetime(float64(life.Seconds)))
	switch known := life.Seconds > 0; {
	case life.Rule == "never":
		return time.Time{}
	case life.Rule == "sliding" && known:
		return end
	case !begins:
		return stored // it goes on as it was
	case known && a.Grant != GrantRefreshToken: // a pasted token is of a sign-in of which nobody knows the time
		return end
	default:
		return time.Time{}
	}
}

// SecretEnds is when the client secret ends, as the user noted in
// FieldSecretExpiry (UTC); zero: not known, or there is no secret.
func (a Authorization) SecretEnds() time.Time { return a.SecretEndsIn(time.Local) }

// SecretEndsIn is SecretEnds for a clock at another place.
func (a Authorization) SecretEndsIn(place *time.Location) time.Time {
	at, err := time.ParseInLocation(expiryLayout, a.Values.Text(FieldSecretExpiry), place)
	if err != nil || !a.ClientAuth.UsesSecret() {
		return time.Time{}
	}
	return at.UTC()
}
