package task

import "time"

// Limits of webhooks.
const (
	MaxWebhooks = 20 // of an account
	// MaxDeliveryAttempts is how many attempts a delivery remembers, the last ones.
	MaxDeliveryAttempts = 20
)

// EventTest is the type of a test event, which belongs to no task.
const EventTest EventType = "webhook.test"

// WebhookTypes lists the types of events that a webhook may be told of.
func WebhookTypes() []EventType {
	return []EventType{EventCreated, EventRunning, EventSucceeded, EventFailed, EventCancelled}
}

// Webhook is a URL of an account that is told of events of the account's tasks.
type Webhook struct {
	ID          string // UUID
	Account     int64
	Version     int64 // raised by each change; 0 = not stored yet
	URL         string
	Description string
	Types       []EventType // of events that it is told of; empty = all of WebhookTypes
	// Secret is the number of its secret, from 1; each rotation raises it. The secret itself is not stored.
	Secret         int
	OldSecretUntil time.Time // the secret before signs as well until then; zero = it does not
	Disabled       time.Time // since when it is told nothing; zero = it is enabled
	Reason         string    // why it is disabled, for people; "" = it is enabled
	FailingSince   time.Time // when the first of the attempts failed since the last one that did not; zero = none has
	Created        time.Time
	Updated        time.Time // by its owner
}

// WebhookEdit is what an owner may set of a webhook. A nil field is not changed.
type WebhookEdit struct {
	URL         *string
	Description *string
	Types       *[]EventType
	Enabled     *bool
}

// WebhookQuery selects webhooks. A field that is zero does not restrict the list.
type WebhookQuery struct {
	ID      string
	Account int64
}

// DeliveryState is how far a delivery is.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending DeliveryState = "pending" // its next attempt, or the end of an earlier delivery of its task, is awaited
	Delivered       DeliveryState = "delivered"
	DeliveryFailed  DeliveryState = "failed"  // all attempts failed
	DeliveryDropped DeliveryState = "dropped" // its webhook was disabled before it was delivered
)

// DeliveryStates lists all states of a delivery.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryPending, Delivered, DeliveryFailed, DeliveryDropped}
}

// Delivery is an event that a webhook is told of.
type Delivery struct {
	ID      string // UUID; the receiver sees it with every attempt
	Webhook string
	Task    string // ID of its task; "" = it is a test
	// TaskVersion is that of the task as the event left it: a webhook is told of a task's events in this order.
	TaskVersion int64
	Event       Event // its Text is not stored
	Created     time.Time
	State       DeliveryState
	Due         time.Time         // when its next attempt is due, while it is pending; zero = after an earlier delivery of its task
	Tries       int               // attempts that were begun since it was made, or replayed last
	Attempts    []DeliveryAttempt // that have ended, oldest first; at most MaxDeliveryAttempts
}

// Type returns the type of its event.
func (d Delivery) Type() EventType {
	if d.Task == "" {
		return EventTest
	}
	return d.Event.Type()
}

// DeliveryAttempt is one request to a webhook's URL.
type DeliveryAttempt struct {
	At     time.Time
	Took   time.Duration
	Status int    // HTTP status of the answer; 0 = there was none
	Answer string // the first bytes of the answer's body
	Error  string // what went wrong, in words; "" = it was delivered
}

// DeliveryQuery selects deliveries of a webhook, newest first, and pages through them. A field that is zero does not restrict the
// list.
type DeliveryQuery struct {
	Webhook     string // needed
	ID          string
	State       DeliveryState
	CreatedFrom time.Time // inclusive
	After       Cursor    // only deliveries that follow this one in the list
	Limit       int       // most deliveries returned; 0 = 100
}
