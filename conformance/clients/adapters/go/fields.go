package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// tagName gives a field's name by one of its tags ("" for a field that the tag leaves out).
func tagName(field reflect.StructField, key string) string {
	name, _, _ := strings.Cut(field.Tag.Get(key), ",")
	if name == "-" || field.Name == "XMLName" {
		return ""
	}
	if name == "" {
		return field.Name
	}
	return name
}

func fieldNamed(value reflect.Value, key, name string) (reflect.Value, bool) {
	for i := 0; i < value.NumField(); i++ {
		if tagName(value.Type().Field(i), key) == name {
			return value.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// fill sets the fields of a struct of the SDK from an object of the page's node names. A node that the
// struct lacks, or a value that its type cannot hold, is unsupported.
func fill(target any, nodes map[string]any, where string) error {
	value := reflect.ValueOf(target).Elem()
	for name, node := range nodes {
		field, ok := fieldNamed(value, "xml", name)
		if !ok {
			return unsupported(fmt.Sprintf("the library's %s has no %s", where, name))
		}
		if err := set(field, node, name); err != nil {
			return err
		}
	}
	return nil
}

// fillQuery sets the fields of an options struct from query parameters, by its url tags.
func fillQuery(target any, query map[string]string) error {
	value := reflect.ValueOf(target).Elem()
	for name, text := range query {
		field, ok := fieldNamed(value, "url", name)
		if !ok {
			return unsupported(fmt.Sprintf("the library's %s has no %s", value.Type().Name(), name))
		}
		if err := set(field, text, name); err != nil {
			return err
		}
	}
	return nil
}

func set(field reflect.Value, node any, name string) error {
	switch node := node.(type) {
	case map[string]any:
		if field.Kind() == reflect.Pointer && field.Type().Elem().Kind() == reflect.Struct {
			field.Set(reflect.New(field.Type().Elem()))
			return fill(field.Interface(), node, field.Type().Elem().Name())
		}
	case string:
		switch field.Kind() {
		case reflect.String:
			field.SetString(node)
			return nil
		case reflect.Int:
			if number, err := strconv.Atoi(node); err == nil {
				field.SetInt(int64(number))
				return nil
			}
		}
	}
	return unsupported(fmt.Sprintf("the library's %s is of type %s and cannot hold the value", name, field.Type()))
}

// listOf gives a job, or a slice of jobs, as objects of the page's node names.
func listOf(jobs any) []any {
	if list, ok := view(reflect.ValueOf(jobs)).([]any); ok {
		return list
	}
	if job := view(reflect.ValueOf(jobs)); job != nil {
		return []any{job}
	}
	return []any{}
}

// view gives what a struct of the SDK holds, by its xml tags. Pointers to nothing and empty texts are
// left out; a number is there even when it is 0, because the library does not tell absent from 0.
func view(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return view(value.Elem())
	case reflect.Struct:
		object := map[string]any{}
		for i := 0; i < value.NumField(); i++ {
			field := value.Type().Field(i)
			name := tagName(field, "xml")
			if name == "" || !field.IsExported() {
				continue
			}
			if content := view(value.Field(i)); content != nil {
				object[name] = content
			}
		}
		return object
	case reflect.Slice:
		if value.IsNil() {
			return nil
		}
		list := make([]any, 0, value.Len())
		for i := 0; i < value.Len(); i++ {
			list = append(list, view(value.Index(i)))
		}
		return list
	case reflect.String:
		if value.Len() == 0 {
			return nil
		}
		return value.String()
	default:
		return fmt.Sprint(value.Interface())
	}
}
