// What a sample in Objective-C needs of Apple's Foundation and GNUstep 1.28 lacks: a shared session whose data tasks call
// a block. It stands on NSURLConnection, writes what came to the standard output, and is done before resume returns.
#import <Foundation/Foundation.h>

// GCC's words for these are no literals to clang.
#undef YES
#undef NO
#define YES __objc_yes
#define NO __objc_no

typedef void (^Answered)(NSData *, NSURLResponse *, NSError *);

@interface NSURLSessionDataTask : NSObject {
  NSURLRequest *request;
  Answered answered;
}
@end

@implementation NSURLSessionDataTask
- (id)initWithRequest:(NSURLRequest *)r completionHandler:(Answered)a {
  request = r;
  answered = a;
  return self;
}

- (void)resume {
  NSURLResponse *response = nil;
  NSError *error = nil;
  NSData *data = [NSURLConnection sendSynchronousRequest:request returningResponse:&response error:&error];
  fwrite([data bytes], 1, [data length], stdout);
  answered(data, response, error);
}
@end

@interface NSURLSession : NSObject
@end

@implementation NSURLSession
+ (NSURLSession *)sharedSession {
  return [self new];
}

- (NSURLSessionDataTask *)dataTaskWithRequest:(NSURLRequest *)r completionHandler:(Answered)a {
  return [[NSURLSessionDataTask alloc] initWithRequest:r completionHandler:a];
}
@end
