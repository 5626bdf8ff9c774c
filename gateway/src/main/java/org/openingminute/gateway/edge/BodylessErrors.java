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
 * Gives a body to every error response without one: a page to a browser, as {@link ProblemWriter} does, and a problem document to
 * everybody else. The server itself sends such a response to a request that it cannot parse (a malformed request line or URL, headers
 * that are too large), before any filter; a service may send one, too. One instance for each connection, confined to its thread.
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
     * Answers a request whose line or headers are too long, after which the server ends the connection. What still comes of it is read and
     * discarded for a second, unless the client goes before: closed with bytes unread, a connection is reset, and the client may never see why.
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
        byte[] body = problems.body(
                refusal, org.springframework.http.HttpMethod.valueOf(method().name()), requested(), requestId, ofBody);
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

    /** The headers of the request; none if it could not be parsed. */
    private HttpHeaders requested() {
        HttpHeaders headers = new HttpHeaders();
        if (asked != null) {
            asked.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        }
        return headers;
    }

    /** The headers of every response, for a response that passed no filter. */
    private HttpHeaders headersOf(Problem refusal) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(EdgeFilter.REQUEST_ID, ids.next().toString());
        headers.setCacheControl("no-store");
        refusal.retryAfter().ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
        securityHeaders.set("/", headers);
        return headers;
    }

    /** Puts {@link BodylessErrors} on every connection, behind the HTTP codec. */
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
