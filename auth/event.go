package auth

// Event tells subscribers that something they may show has changed. Events
// carry no data: read again what you show.
type Event struct {
	Kind EventKind
	ID   string // the authorization, when it is about one
}

// EventKind says what an Event is about.
type EventKind string

// The kinds of events.
const (
	EventList       EventKind = "list"       // rows were added, changed or removed
	EventRefreshing EventKind = "refreshing" // an attempt began or ended
	EventVault      EventKind = "vault"      // opened, locked or created
	EventLocal      EventKind = "local"      // the local server started, stopped or failed
	EventAttention  EventKind = "attention"  // automatic refresh gave up on a row: tell the user once
	EventNetwork    EventKind = "network"    // the network went or came back, see Engine.Offline
	EventServices   EventKind = "services"   // a service was added, changed or removed
	EventConsent    EventKind = "consent"    // a question to the user was added or ended, see HandOuts
	EventActivity   EventKind = "activity"   // entries were added to the activity
	EventWanted     EventKind = "wanted"     // a program wants a token of a grant that is over: tell the user once
	EventEnding     EventKind = "ending"     // a sign-in or a client secret ends soon: tell the user once
)
