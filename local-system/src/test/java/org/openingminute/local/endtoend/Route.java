package org.openingminute.local.endtoend;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.openingminute.local.LocalSystem;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * A route of the system, as declared by the controllers in the running jars.
 *
 * @param service the service that has the route
 * @param path the path with variables in braces, as a client writes it
 * @param parameters the parameters of the query or of the form
 * @param headers the headers that it reads, except those that identify the caller
 */
record Route(String service, String method, String path, Set<String> parameters, Set<String> headers, Body body) {

    /** The paths of refunds that staff transfer back. */
    static final String TRANSFERS_BACK = "/api/payments/(transfers|.*/transfer)";

    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");

    enum Body {
        NONE,
        FORM,
        JSON,
        /** A body is allowed, but not parsed as JSON. */
        UNREAD
    }

    /** All routes of a service that the gateway forwards, or of the gateway itself. */
    static List<Route> of(String service, LocalSystem system) throws IOException, ClassNotFoundException {
        Path jar = jar(system.pid(service));
        List<Route> routes = new ArrayList<>();
        // The jar lists its libraries, but the annotation classes must be those of the test.
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, Route.class.getClassLoader())) {
            for (Path one : jars(jar)) {
                for (String type : controllers(one, classes)) {
                    routes.addAll(of(service, Class.forName(type, false, classes)));
                }
            }
        }
        return routes;
    }

    private static Path jar(long pid) {
        List<String> command =
                List.of(ProcessHandle.of(pid).orElseThrow().info().arguments().orElseThrow());
        return Path.of(command.get(command.indexOf("-jar") + 1));
    }

    /** The jar of the service and, except for the gateway, the jar with the operators' calls. */
    private static List<Path> jars(Path jar) throws IOException {
        try (DirectoryStream<Path> messaging = Files.newDirectoryStream(jar.resolveSibling("lib"), "messaging-*.jar")) {
            return Stream.concat(Stream.of(jar), StreamSupport.stream(messaging.spliterator(), false))
                    .toList();
        }
    }

    private static List<String> controllers(Path jar, ClassLoader classes) throws IOException {
        SimpleMetadataReaderFactory readers = new SimpleMetadataReaderFactory(classes);
        List<String> controllers = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (String name : file.stream().map(entry -> entry.getName()).toList()) {
                if (name.startsWith("org/openingminute/") && name.endsWith(".class")) {
                    String type =
                            name.substring(0, name.length() - ".class".length()).replace('/', '.');
                    if (readers.getMetadataReader(type)
                            .getAnnotationMetadata()
                            .isAnnotated(Controller.class.getName())) {
                        controllers.add(type);
                    }
                }
            }
        }
        return controllers;
    }

    private static List<Route> of(String service, Class<?> controller) {
        List<Route> routes = new ArrayList<>();
        RequestMapping above = AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
        for (Method handler : controller.getDeclaredMethods()) {
            RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(handler, RequestMapping.class);
            if (mapping == null) {
                continue;
            }
            List<String> consumes =
                    List.of(mapping.consumes().length > 0 || above == null ? mapping.consumes() : above.consumes());
            for (String prefix : orEmpty(above == null ? new String[0] : above.path())) {
                for (String suffix : orEmpty(mapping.path())) {
                    String path = publicPath(service, prefix + suffix);
                    if (!path.startsWith("/internal/")) {
                        String method = mapping.method()[0].name();
                        routes.add(new Route(
                                service,
                                method,
                                path,
                                parameters(handler),
                                names(handler, RequestHeader.class),
                                body(method, path, consumes, handler)));
                    }
                }
            }
        }
        return routes;
    }

    private static String[] orEmpty(String[] paths) {
        return paths.length == 0 ? new String[] {""} : paths;
    }

    /** The public path of the only internal path that the gateway maps to another. */
    private static String publicPath(String service, String path) {
        return path.replace("/internal/ops/dead-letters/{id}", "/api/ops/dead-letters/" + service + ".{id}");
    }

    private static Body body(String method, String path, List<String> consumes, Method handler) {
        if (method.equals("GET") || method.equals("DELETE")) {
            return Body.NONE;
        }
        boolean page = consumes.isEmpty() && !path.startsWith("/api/") && !path.startsWith("/sandbox/");
        if (page || consumes.contains(MediaType.APPLICATION_FORM_URLENCODED_VALUE)) {
            return Body.FORM;
        }
        boolean read = Arrays.stream(handler.getParameters())
                .anyMatch(parameter -> parameter.isAnnotationPresent(RequestBody.class));
        return read || consumes.contains(MediaType.APPLICATION_JSON_VALUE) ? Body.JSON : Body.UNREAD;
    }

    /** The parameters of the handler method, and those in its record. */
    private static Set<String> parameters(Method handler) {
        Set<String> names = names(handler, RequestParam.class);
        Arrays.stream(handler.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(ParameterObject.class))
                .flatMap(parameter -> Arrays.stream(parameter.getType().getRecordComponents()))
                .forEach(component -> names.add(component.getName()));
        return names;
    }

    private static Set<String> names(Method handler, Class<? extends java.lang.annotation.Annotation> kind) {
        Set<String> names = new LinkedHashSet<>();
        for (Parameter parameter : handler.getParameters()) {
            if (AnnotatedElementUtils.hasAnnotation(parameter, kind)
                    && parameter.getType().getName().indexOf("HttpHeaders") < 0) {
                names.add(name(parameter, parameter.getName()));
            }
        }
        return names;
    }

    private static String name(AnnotatedElement parameter, String otherwise) {
        RequestParam ofQuery = AnnotatedElementUtils.findMergedAnnotation(parameter, RequestParam.class);
        RequestHeader ofHead = AnnotatedElementUtils.findMergedAnnotation(parameter, RequestHeader.class);
        String name = ofQuery != null ? ofQuery.name() : ofHead != null ? ofHead.name() : "";
        return name.isEmpty() ? otherwise : name;
    }

    /** The path variables, with their braces. */
    List<String> variables() {
        return VARIABLE.matcher(path).results().map(MatchResult::group).toList();
    }

    /** The method and the path. */
    String name() {
        return method + " " + path;
    }

    @Override
    public String toString() {
        return name() + " (" + service + ")";
    }
}
