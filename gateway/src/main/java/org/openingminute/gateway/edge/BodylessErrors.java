package org.openingminute.gateway.edge;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.problem.ProblemWriter;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import reactor.netty.NettyPipeline;

/**
 * Adds a body to every error response that has none: a page for a browser, as in {@link ProblemWriter}, and a problem document for
 * everybody else. Such responses come from the HTTP server, which refuses requests that it cannot parse (a malformed request line or URL,
 * headers that are too large) before any filter runs, and from services. One instance for each connection, confined to its thread.
 */
final class BodylessErrors extends ChannelDuplexHandler {

    private final ProblemWriter problems;
    private final SecurityHeaders securityHeaders;
    private final Ids ids;
    private @Nullable HttpRequest asked;
    private boolean restIsDropped;

    BodylessErrors(ProblemWriter problems, SecurityHeaders securityHeaders, Ids ids) {
        this.problems = problems;
        this.securityHeaders = securityHeaders;
        this.ids = ids;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            asked = request.decoderResult().isSuccess() ? request : null;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (restIsDropped) {
            restIsDropped = !(message instanceof LastHttpContent);
            ReferenceCountUtil.release(message);
            promise.setSuccess();
        } else if (message instanceof HttpResponse answer && isSilentError(answer)) {
            FullHttpResponse spoken = spoken(answer);
            restIsDropped = !(message instanceof LastHttpContent);
            ReferenceCountUtil.release(message);
            if (asked == null && spoken.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)) {
                answerThenDrain(context, spoken, promise);
            } else {
                var _ = context.write(spoken, promise);
            }
        } else {
            var _ = context.write(message, promise);
        }
    }

    /**
     * Answers a request whose line or headers are too long. The server would then close the connection; the remaining bytes are first read
     * and discarded for a second, unless the client disconnects before. A connection that is closed with unread bytes is reset, and the
     * client might never see the reason.
     */
    private static void answerThenDrain(
            ChannelHandlerContext context, FullHttpResponse spoken, ChannelPromise written) {
        var _ = context.writeAndFlush(spoken);
        var _ = context.executor().schedule(() -> written.trySuccess(), 1, TimeUnit.SECONDS);
    }

    private boolean isSilentError(HttpResponse answer) {
        if (answer.status().code() < HttpResponseStatus.BAD_REQUEST.code() || method().equals(HttpMethod.HEAD)) {
            return false;
        }
        return answer instanceof FullHttpResponse whole
                ? !whole.content().isReadable()
                : "0".equals(answer.headers().get(HttpHeaderNames.CONTENT_LENGTH));
    }

    private FullHttpResponse spoken(HttpResponse silent) {
        Problem refusal =
                ProblemWriter.forStatus(HttpStatusCode.valueOf(silent.status().code()));
        HttpHeaders headers = headersOf(refusal);
        String requestId = silent.headers().get(EdgeFilter.REQUEST_ID, headers.getFirst(EdgeFilter.REQUEST_ID));
        HttpHeaders ofBody = new HttpHeaders();
        byte[] body = problems.body(refusal, refused(), requestId, ofBody);
        FullHttpResponse spoken = new DefaultFullHttpResponse(
                silent.protocolVersion(),
                HttpResponseStatus.valueOf(refusal.code().status().value()),
                Unpooled.wrappedBuffer(body));
        spoken.headers().add(silent.headers());
        spoken.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        headers.forEach((name, values) -> {
            if (!spoken.headers().contains(name)) {
                spoken.headers().set(name, values);
            }
        });
        ofBody.forEach((name, values) -> spoken.headers().set(name, values));
        return spoken;
    }

    private HttpMethod method() {
        return asked == null ? HttpMethod.GET : asked.method();
    }

    /** The refused request; without headers if it could not be parsed. */
    private ProblemWriter.Asked refused() {
        HttpHeaders headers = new HttpHeaders();
        @Nullable HttpRequest request = asked;
        if (request != null) {
            request.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        }
        return new ProblemWriter.Asked(
                org.springframework.http.HttpMethod.valueOf(method().name()),
                request == null ? "/" : request.uri().split("\\?", 2)[0],
                headers);
    }

    /** The headers that a response without any filter still needs. */
    private HttpHeaders headersOf(Problem refusal) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(EdgeFilter.REQUEST_ID, ids.next().toString());
        headers.setCacheControl("no-store");
        refusal.retryAfter().ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
        securityHeaders.set("/", headers);
        return headers;
    }

    /** Adds {@link BodylessErrors} to every connection, behind the HTTP codec. */
    @Configuration(proxyBeanMethods = false)
    static class BodylessErrorsConfiguration {

        @Bean
        WebServerFactoryCustomizer<NettyReactiveWebServerFactory> noSilentErrors(
                ProblemWriter problems, SecurityHeaders securityHeaders, Ids ids) {
            return factory -> factory.addServerCustomizers(server ->
                    server.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                            .addBefore(
                                    NettyPipeline.HttpTrafficHandler,
                                    BodylessErrors.class.getSimpleName(),
                                    new BodylessErrors(problems, securityHeaders, ids))));
        }
    }
}
