package org.openingminute.gateway.cache;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;

/**
 * A cached answer that is the same for everyone, as the service sent it. Immutable.
 *
 * @param headers the headers, except those of the body
 * @param readAt when the service was asked, by {@link System#nanoTime}
 * @param fresh how long the answer may be used without asking the service, in nanoseconds
 */
record CachedResponse(HttpHeaders headers, Body body, boolean isPage, long readAt, long fresh) {

    private static final int LARGEST = 2 * 1024 * 1024;
    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d{1,9})");
    /** The headers on which a cached answer may depend: the key contains the language, and the gateway does the content encoding. */
    private static final Set<String> VARYING = Set.of("accept-language", "accept-encoding");

    /** The first names in {@code Vary} of pages, whose language a cookie may select. */
    private static final String BY_LANGUAGE = HttpHeaders.ACCEPT_LANGUAGE + ", " + HttpHeaders.COOKIE + ", ";

    private static final List<String> OF_BODY =
            List.of(HttpHeaders.ETAG, HttpHeaders.CONTENT_LENGTH, HttpHeaders.AGE, HttpHeaders.SET_COOKIE);
    private static final Set<String> COMPRESSED = Set.of("json", "javascript", "xml", "yaml", "svg+xml");
    /** The largest body whose compression, which takes a few milliseconds, may delay the thread's other connections; in bytes. */
    private static final int QUICKLY_COMPRESSED = 128 * 1024;
    /** The approximate memory of an answer's objects in bytes; below, that of a header. */
    private static final int OVERHEAD = 500;

    private static final int OF_HEADER = 150;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** The body, plain and compressed. */
    static final class Body {

        private final byte[] plain;
        private final byte @Nullable [] gzip;
        private final String etag;

        private Body(byte[] plain, String etag, byte @Nullable [] gzip) {
            this.plain = plain;
            this.etag = etag;
            this.gzip = gzip;
        }

        static Body of(byte[] plain, String etag, boolean compressible) {
            return new Body(plain, etag, compressible ? compressed(plain) : null);
        }

        private static byte[] compressed(byte[] plain) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2);
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(plain);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }

        byte[] plain() {
            return plain;
        }

        /** The compressed body; {@code null} if the body is not to be compressed. */
        byte @Nullable [] gzip() {
            return gzip;
        }

        /** The entity tag of the plain body. */
        String etag() {
            return etag;
        }

        /** The approximate memory in bytes. */
        int weight() {
            return plain.length + (gzip == null ? 0 : gzip.length) + OVERHEAD;
        }
    }

    /**
     * Whether a successful answer may be cached for everyone: the service declares it public, and nothing in it is specific to a caller.
     */
    static boolean isForAll(HttpHeaders headers, CacheableRead read) {
        @Nullable String control = headers.getCacheControl();
        long length = headers.getContentLength();
        return control != null
                && control.contains("public")
                && !control.contains("private")
                && !control.contains("no-store")
                && !headers.containsHeader(HttpHeaders.SET_COOKIE)
                && !headers.containsHeader(HttpHeaders.CONTENT_ENCODING)
                && length > 0
                && length <= LARGEST
                && headers.getVary().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .allMatch(name ->
                                VARYING.contains(name) && (read.byLanguage() || !name.equals("accept-language")));
    }

    /** Whether compressing a body takes longer than the thread's other connections should wait. */
    static boolean isLarge(byte[] plain) {
        return plain.length > QUICKLY_COMPRESSED;
    }

    /**
     * Creates a cached answer from a response for which {@link #isForAll} is true. For a {@linkplain #isLarge large} body this takes long,
     * so it must not run on the thread of a connection.
     */
    static CachedResponse of(HttpHeaders headers, byte[] plain, CacheableRead read, long readAt) {
        HttpHeaders kept = HttpHeaders.copyOf(headers);
        OF_BODY.forEach(kept::remove);
        @Nullable MediaType type = headers.getContentType();
        boolean compressible = type != null && (type.getType().equals("text") || COMPRESSED.contains(subtype(type)));
        if (compressible) {
            kept.set(HttpHeaders.VARY, (read.byLanguage() ? BY_LANGUAGE : "") + HttpHeaders.ACCEPT_ENCODING);
        }
        @Nullable String given = headers.getETag();
        String etag = given == null ? "\"" + DigestUtils.md5DigestAsHex(plain) + "\"" : given;
        return new CachedResponse(
                HttpHeaders.readOnlyHttpHeaders(kept),
                Body.of(plain, etag, compressible),
                type != null && type.equalsTypeAndSubtype(MediaType.TEXT_HTML),
                readAt,
                freshFor(headers.getCacheControl(), read));
    }

    private static String subtype(MediaType type) {
        String subtype = type.getSubtype();
        return subtype.endsWith("+json") ? "json" : subtype;
    }

    private static long freshFor(@Nullable String control, CacheableRead read) {
        Matcher maxAge = MAX_AGE.matcher(control == null ? "" : control);
        long most = read.fresh().toNanos();
        return maxAge.find()
                ? Math.min(
                        most,
                        Duration.ofSeconds(Long.parseLong(maxAge.group(1))).toNanos())
                : 0;
    }

    /** A copy that the service has just confirmed as unchanged. */
    CachedResponse confirmed(HttpHeaders said, long confirmedAt) {
        HttpHeaders renewed = HttpHeaders.copyOf(headers);
        @Nullable String date = said.getFirst(HttpHeaders.DATE);
        if (date != null) {
            renewed.set(HttpHeaders.DATE, date);
        }
        return new CachedResponse(HttpHeaders.readOnlyHttpHeaders(renewed), body, isPage, confirmedAt, fresh);
    }

    boolean isFresh(long now) {
        return now - readAt < fresh;
    }

    boolean isYoungerThan(Duration age, long now) {
        return now - readAt < age.toNanos();
    }

    Duration age(long now) {
        return Duration.ofNanos(now - readAt);
    }

    /** The value of {@code Age} in seconds, rounded up so that no downstream cache uses the answer for longer than promised. */
    long seconds(long now) {
        return Math.ceilDiv(now - readAt, SECOND);
    }

    /** The approximate memory in bytes. */
    int weight() {
        return body.weight()
                + headers.headerSet().stream()
                        .mapToInt(header -> header.getKey().length()
                                + String.join("", header.getValue()).length()
                                + OF_HEADER)
                        .sum();
    }
}
