package dialect

import "slices"

// KnownModels returns every model that a caller may name, sorted: the vendor's and the operator's, of Gateway.RoutedModels.
func KnownModels(vendor, routed []string) []string {
	all := slices.Concat(vendor, routed)
	slices.Sort(all)
	return slices.Compact(all)
}

// AddModels returns the vendor's models in their own order, and then the operator's that are not among them.
func AddModels(vendor, routed []string) []string {
	all := slices.Clone(vendor)
	for _, name := range routed {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
