package db

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The hash is that of the schema which the migrations make. After a new
// migration put in what this test says.
func TestSchemaHash(t *testing.T) {
	schema, err := expectedSchema(context.Background(), newestVersion())
	require.NoError(t, err)
	assert.Equal(t, hashOf(schema), schemaHash)
}
