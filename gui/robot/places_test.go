//go:build e2e || bench

package robot

// Where things stand in the window of 1180 × 760, and so on the screen.
var (
	placeFirstRow     = point{400, 160}
	placeTryLocal     = point{500, 469}
	placeFriendlyName = point{430, 210}
	placePractice     = point{430, 300}
	placeSubmit       = point{1080, 700}
	placeCopyPassword = point{760, 430}
)
