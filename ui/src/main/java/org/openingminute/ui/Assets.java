package org.openingminute.ui;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The static files of all pages, read once from this module's jar. A file's address contains its version, so browsers cache it for ever,
 * and a changed file gets a new address. Thread-safe.
 */
public final class Assets {

    /** The path prefix under which the gateway serves all files. */
    public static final String PATH = "/assets/ui/";

    private static final String STYLE = "text/css;charset=UTF-8";
    private static final String SCRIPT = "text/javascript;charset=UTF-8";
    private static final String PICTURE = "image/svg+xml";

    private static final Map<String, String> TYPES =
            Map.of("ui.css", STYLE, "icon.svg", PICTURE, "htmx.js", SCRIPT, "live.js", SCRIPT, "desk.js", SCRIPT);
    private static final int VERSION_DIGITS = 12;
    private static final Pattern VERSIONED =
            Pattern.compile("(?<name>[a-z-]+)\\.(?<version>[0-9a-f]{" + VERSION_DIGITS + "})(?<ending>\\.[a-z]+)");

    private final Map<String, Asset> files = new TreeMap<>();

    public Assets() {
        TYPES.forEach((name, type) -> files.put(name, read(name, type)));
    }

    /**
     * The result of a look-up.
     *
     * @param isCurrent whether the address names this build's version of the file. Otherwise a page of an older or newer build asks for
     *     it, as during a rolling update
     */
    public record Found(Asset asset, boolean isCurrent) {}

    /**
     * The address of a file on this host, with its version.
     *
     * @param name the file's name, for example {@code ui.css}
     * @throws IllegalArgumentException if there is no such file
     */
    public String address(String name) {
        Asset asset = files.get(name);
        if (asset == null) {
            throw new IllegalArgumentException("no file of ui: " + name);
        }
        int ending = name.lastIndexOf('.');
        return PATH + name.substring(0, ending) + '.' + asset.version() + name.substring(ending);
    }

    /** Finds a file by the last segment of an address, whatever version it names; empty if no file has the name. */
    public Optional<Found> find(String versioned) {
        Matcher parts = VERSIONED.matcher(versioned);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Optional.ofNullable(files.get(parts.group("name") + parts.group("ending")))
                .map(asset -> new Found(asset, asset.version().equals(parts.group("version"))));
    }

    private static Asset read(String name, String type) {
        try (InputStream file = Assets.class.getResourceAsStream("/ui/assets/" + name)) {
            if (file == null) {
                throw new IllegalStateException("the jar of ui lacks " + name);
            }
            byte[] bytes = file.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Asset(type, bytes, HexFormat.of().formatHex(hash).substring(0, VERSION_DIGITS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
