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
 * Files that are the same for everyone until the next build: the messages' contract, and the page to try calls with its
 * parts.
 */
@RestController
class PublishedFiles {

    private static final Duration KEPT = Duration.ofMinutes(10);
    /** A year, which stands for ever: RFC 9111 knows nothing longer. */
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private static final MediaType YAML = MediaType.valueOf("application/yaml");
    private static final MediaType SCHEMA = MediaType.valueOf("application/schema+json");
    private static final MediaType PAGE = MediaType.valueOf("text/html;charset=UTF-8");
    private static final MediaType STYLE = MediaType.valueOf("text/css;charset=UTF-8");
    private static final MediaType SCRIPT = MediaType.valueOf("text/javascript;charset=UTF-8");
    private static final MediaType ICON = MediaType.valueOf("image/x-icon");
    private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z0-9.-]+\\.json");
    /** The star stands for the library's version. */
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

    /** The schemas of the messages' contract, at the path that its relative references name. */
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

    /** Every browser asks for this icon if a page names no other. */
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
     * A file that all pages share. Its address has its version, so it is kept for ever. While a deployment is renewed, pages of another
     * build ask for the version of that build, and get the file of this one, which nobody keeps.
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
