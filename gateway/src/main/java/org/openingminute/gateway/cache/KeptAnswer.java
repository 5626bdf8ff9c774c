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
 * An answer that is the same for everyone, as it was made. Immutable.
 *
 * @param headers of it, but for those of its body
 * @param readAt when the service was asked for it, by {@link System#nanoTime}
 * @param fresh nanoseconds for which it is used without asking
 */
record KeptAnswer(HttpHeaders headers, Body body, boolean isPage, long readAt, long fresh) {

    private static final int LARGEST = 2 * 1024 * 1024;
    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d{1,9})");
    /** On what an answer may depend: the key has the language, and the gateway does the encoding. */
    private static final Set<String> VARYING = Set.of("accept-language", "accept-encoding");

    /** The language may be chosen by a cookie. */
    private static final String BY_LANGUAGE = HttpHeaders.ACCEPT_LANGUAGE + ", " + HttpHeaders.COOKIE + ", ";

    private static final List<String> OF_BODY =
            List.of(HttpHeaders.ETAG, HttpHeaders.CONTENT_LENGTH, HttpHeaders.AGE, HttpHeaders.SET_COOKIE);
    private static final Set<String> COMPRESSED = Set.of("json", "javascript", "xml", "yaml", "svg+xml");
    /** Bytes that a smaller body takes on its way anyhow. */
    private static final int WORTH_COMPRESSING = 1_000;
    /** Bytes of which the compression, a few milliseconds, does not hold up the other connections of the thread. */
    private static final int MOST_COMPRESSED = 128 * 1024;
    /** Bytes of an answer's objects, and of a header's. */
    private static final int OVERHEAD = 500;

    private static final int OF_HEADER = 150;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** The bytes that are sent. */
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
            boolean compress = compressible && plain.length > WORTH_COMPRESSING && plain.length <= MOST_COMPRESSED;
            return new Body(plain, etag, compress ? compressed(plain) : null);
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

        /** The same, compressed; {@code null} where that is not worth it. */
        byte @Nullable [] gzip() {
            return gzip;
        }

        /** Of the plain bytes. */
        String etag() {
            return etag;
        }

        /** Bytes in memory, about. */
        int weight() {
            return plain.length + (gzip == null ? 0 : gzip.length) + OVERHEAD;
        }
    }

    /** Whether a successful answer may be given to others: its service says so, and nothing of it is about one caller. */
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

    /** Keeps an answer that {@linkplain #isForAll is for all}. */
    static KeptAnswer of(HttpHeaders headers, byte[] plain, CacheableRead read, long readAt) {
        HttpHeaders kept = HttpHeaders.copyOf(headers);
        OF_BODY.forEach(kept::remove);
        @Nullable MediaType type = headers.getContentType();
        boolean compressible = type != null && (type.getType().equals("text") || COMPRESSED.contains(subtype(type)));
        if (compressible) {
            kept.set(HttpHeaders.VARY, (read.byLanguage() ? BY_LANGUAGE : "") + HttpHeaders.ACCEPT_ENCODING);
        }
        @Nullable String given = headers.getETag();
        String etag = given == null ? "\"" + DigestUtils.md5DigestAsHex(plain) + "\"" : given;
        return new KeptAnswer(
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

    /** The same, of which the service has said now that it is unchanged. */
    KeptAnswer confirmed(HttpHeaders said, long confirmedAt) {
        HttpHeaders renewed = HttpHeaders.copyOf(headers);
        @Nullable String date = said.getFirst(HttpHeaders.DATE);
        if (date != null) {
            renewed.set(HttpHeaders.DATE, date);
        }
        return new KeptAnswer(HttpHeaders.readOnlyHttpHeaders(renewed), body, isPage, confirmedAt, fresh);
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

    /** The age for other caches: rounded up, so that none of them makes it older than promised. */
    long seconds(long now) {
        return Math.ceilDiv(now - readAt, SECOND);
    }

    /** Bytes in memory, about. */
    int weight() {
        return body.weight()
                + headers.headerSet().stream()
                        .mapToInt(header -> header.getKey().length()
                                + String.join("", header.getValue()).length()
                                + OF_HEADER)
                        .sum();
    }
}
