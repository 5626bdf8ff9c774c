package org.openingminute.gateway.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.gateway.problem.PublicAnswer;
import org.openingminute.kit.problem.Problem;
import org.openingminute.ui.Assets;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves files that are the same for everyone until the next build: the message contract, the interactive API page with its assets, and the
 * shared assets of all pages.
 */
@RestController
class PublishedFiles {

    private static final Duration KEPT = Duration.ofMinutes(10);
    /** A year, the longest meaningful lifetime: caches do not distinguish it from for ever. */
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private static final MediaType YAML = MediaType.valueOf("application/yaml");
    private static final MediaType SCHEMA = MediaType.valueOf("application/schema+json");
    private static final MediaType PAGE = MediaType.valueOf("text/html;charset=UTF-8");
    private static final MediaType STYLE = MediaType.valueOf("text/css;charset=UTF-8");
    private static final MediaType SCRIPT = MediaType.valueOf("text/javascript;charset=UTF-8");
    private static final MediaType ICON = MediaType.valueOf("image/x-icon");
    private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z0-9.-]+\\.json");
    /** The asterisk matches the library's version. */
    private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/*/";

    private final Map<String, ResponseEntity<byte[]>> read = new ConcurrentHashMap<>();
    private final Pages pages;
    private final Assets assets;

    PublishedFiles(Pages pages, Assets assets) {
        this.pages = pages;
        this.assets = assets;
    }

    @GetMapping("/api/asyncapi.yaml")
    ResponseEntity<byte[]> messages() {
        return file("contracts/asyncapi.yaml", YAML);
    }

    /** The schemas of the message contract, at the path that its relative references use. */
    @GetMapping("/api/schemas/{name}")
    ResponseEntity<byte[]> schema(@PathVariable String name) {
        if (!SCHEMA_NAME.matcher(name).matches()) {
            throw Problem.notFound();
        }
        return file("contracts/schemas/" + name, SCHEMA);
    }

    @GetMapping("/api/docs")
    ResponseEntity<byte[]> docs() {
        return PublicAnswer.of(PAGE, pages.docs(), pages.showsTime() ? Duration.ZERO : KEPT);
    }

    /** Browsers request this icon if a page names no other. */
    @GetMapping("/favicon.ico")
    ResponseEntity<byte[]> icon() {
        return file("assets/favicon.ico", ICON);
    }

    @GetMapping("/assets/gateway/{name}")
    ResponseEntity<byte[]> asset(@PathVariable String name) {
        return switch (name) {
            case "waiting-room.js" -> file("assets/waiting-room.js", SCRIPT);
            case "docs.js" -> file("assets/docs.js", SCRIPT);
            case "swagger-ui.css" -> file(SWAGGER_UI + name, STYLE);
            case "swagger-ui-bundle.js" -> file(SWAGGER_UI + name, SCRIPT);
            default -> throw Problem.notFound();
        };
    }

    /**
     * A shared asset. Its address contains its version, so caches may keep it for ever. During a rolling update, pages of another build ask
     * for that build's version; they receive this build's file, which must not be cached.
     */
    @GetMapping(Assets.PATH + "{file}")
    ResponseEntity<byte[]> shared(@PathVariable String file) {
        Assets.Found found = assets.find(file).orElseThrow(Problem::notFound);
        CacheControl control =
                found.isCurrent() ? CacheControl.maxAge(FOR_EVER).cachePublic().immutable() : CacheControl.noCache();
        return ResponseEntity.ok()
                .contentType(MediaType.valueOf(found.asset().type()))
                .cacheControl(control)
                .eTag(found.asset().version())
                .body(found.asset().bytes());
    }

    private ResponseEntity<byte[]> file(String pattern, MediaType type) {
        return read.computeIfAbsent(pattern, ignored -> PublicAnswer.of(type, find(pattern), KEPT));
    }

    private static byte[] find(String pattern) {
        try {
            for (Resource file : new PathMatchingResourcePatternResolver().getResources("classpath*:" + pattern)) {
                if (file.exists()) {
                    return file.getContentAsByteArray();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw Problem.notFound();
    }
}
