package gui

import (
	"io/fs"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// iconFiles reads icons out of a file system laid out as assets.Icons is.
type iconFiles struct {
	files fs.FS
	read  map[string]fyne.Resource // the UI thread's alone
}

// NewIcons returns the icons of files, which holds icons/NAME.svg,
// app-icon/NAME.svg and app-icon/window.png. They are read once each. For the UI thread only.
func NewIcons(files fs.FS) Icons {
	return &iconFiles{files: files, read: map[string]fyne.Resource{}}
}

// Icon returns an icon that takes the theme's colours. A name without a file is
// a mistake of the program: it gives the toolkit's icon for a broken picture.
func (i *iconFiles) Icon(name string) fyne.Resource {
	return i.load("icons/"+name+".svg", func(r fyne.Resource) fyne.Resource { return theme.NewThemedResource(r) })
}

// Logo returns the app icon in its own colours.
func (i *iconFiles) Logo() fyne.Resource {
	return i.load("app-icon/tokenwell-light.svg", func(r fyne.Resource) fyne.Resource { return r })
}

// WindowIcon returns the app icon as the picture that windows carry: from the
// drawing the toolkit makes one twice as large first, for as long as all else of a
// window's first frame takes.
func (i *iconFiles) WindowIcon() fyne.Resource {
	return i.load("app-icon/window.png", func(r fyne.Resource) fyne.Resource { return r })
}

func (i *iconFiles) load(path string, wrap func(fyne.Resource) fyne.Resource) fyne.Resource {
	if icon, ok := i.read[path]; ok {
		return icon
	}
	content, err := fs.ReadFile(i.files, path)
	if err != nil {
		return theme.BrokenImageIcon()
	}
	icon := wrap(fyne.NewStaticResource(path, content))
	i.read[path] = icon
	return icon
}
