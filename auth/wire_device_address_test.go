package auth

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// T25: a server out there does not lead the browser to plain http on this machine.
func TestDeviceAddress(t *testing.T) {
	const out, here = "https://as.example.test/device", "http://127.0.0.1:4000/device"
	assert.Equal(t, "https://as.example.test/go#/x", deviceAddress(out, "https://as.example.test/go#/x"))
	assert.Equal(t, "http://127.0.0.1:8/go", deviceAddress(here, "http://127.0.0.1:8/go"))
	assert.Empty(t, deviceAddress(out, "http://127.0.0.1:8/go"))
	assert.Empty(t, deviceAddress(here, "http://as.example.test/go"))
}
