// Package assets embeds what the program ships beside its code: icons, the
// services of the catalog and the pages that a browser shows.
package assets

import "embed"

// Services holds services/*.json, one service of the catalog a file.
//
//go:embed services/*.json
var Services embed.FS

// Icons holds icons/*.svg (20 px outlines, recoloured by the theme),
// app-icon/*.svg and app-icon/window.png, the light one of these as a picture.
//
//go:embed icons/*.svg app-icon/*.svg app-icon/window.png
var Icons embed.FS

// Pages holds pages/*.html: callback.html with {title}, {text} and {kind} in it,
// local*.html templates for html/template.
//
//go:embed pages/*.html
var Pages embed.FS
